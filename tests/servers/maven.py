"""Fetches the jars that `pom.xml` names, once per machine."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from platformdirs import user_cache_path

from tests.servers.restarting import ServerUnavailable

_POM: Final = Path(__file__).with_name("pom.xml")
_VERSION_TAG: Final = "{http://maven.apache.org/POM/4.0.0}version"
_FETCH_SECONDS: Final = 600.0


def kafka_jars() -> Path:
    """Return the folder with the broker's jars; another pom makes another folder."""
    pom = _POM.read_bytes()
    version = ElementTree.fromstring(pom).findtext(_VERSION_TAG)
    folder = user_cache_path("greenlane") / f"kafka-{version}" / sha256(pom).hexdigest()[:8]
    if not folder.is_dir():
        _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    """Let Maven copy the jars beside `folder`, then move them there in one step."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as parent:
        jars = Path(parent) / "jars"
        _run_maven(jars)
        try:
            jars.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another run was faster
                raise


def _run_maven(output: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerUnavailable("Apache Kafka: Maven is not installed (apt-get install maven)")
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={output}"]
    try:
        subprocess.run(
            [maven, "-q", "-B", "-f", str(_POM), *goal],
            check=True,
            capture_output=True,
            text=True,
            timeout=_FETCH_SECONDS,
        )
    except subprocess.CalledProcessError as failed:
        said = next((line for line in failed.stdout.splitlines() if "ERROR" in line), "no reason")
        raise ServerUnavailable(f"Apache Kafka: Maven failed: {said}") from None
    except subprocess.TimeoutExpired:
        raise ServerUnavailable(f"Apache Kafka: no jars after {_FETCH_SECONDS:g} s") from None
