"""Apicurio Registry, in memory, from its Maven artifact: a registry with Confluent's interface."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from streams.embedded import LocalServer
from tests.servers.maven import unpacked
from tests.servers.restarting import ServerFailedError, ServerUnavailable

# The newest that runs on Java 17.
_ARTIFACT: Final = "io.apicurio:apicurio-registry-app:2.6.13.Final:tar.gz:all"
_JAR: Final = "apicurio-registry-app-2.6.13.Final-runner.jar"
_JVM: Final = ["-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"]
_PROBE_SECONDS: Final = 0.5


class ApicurioRegistry(LocalServer):
    """A schema registry that forgets everything when it stops."""

    name = "Apicurio Registry"
    error = ServerFailedError
    start_seconds = 60.0

    @property
    def url(self) -> str:
        """The URL for clients of Confluent's registry."""
        return f"http://{self.address}/apis/ccompat/v7"

    def _command(self, _: Path, /) -> list[str]:
        java = shutil.which("java")
        if java is None:
            raise ServerUnavailable(f"{self.name} needs Java 17 (apt-get install openjdk-17-jre)")
        host, port = self.address.split(":")
        place = [f"-Dquarkus.http.host={host}", f"-Dquarkus.http.port={port}"]
        return [java, *_JVM, *place, "-jar", str(unpacked(_ARTIFACT) / _JAR)]

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/subjects", timeout=_PROBE_SECONDS) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


if __name__ == "__main__":  # ahead of the tests
    unpacked(_ARTIFACT)
