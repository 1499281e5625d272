"""Fetches what tests run from Maven's artifacts, once per machine."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from platformdirs import user_cache_path

from tests.servers.restarting import ServerUnavailable

_POM: Final = Path(__file__).with_name("pom.xml")
_VERSION_TAG: Final = "{http://maven.apache.org/POM/4.0.0}version"
_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy"
_FETCH_SECONDS: Final = 600.0


def kafka_jars() -> Path:
    """Return the folder with the broker's jars; another pom makes another folder."""
    pom = _POM.read_bytes()
    version = ElementTree.fromstring(pom).findtext(_VERSION_TAG)
    folder = user_cache_path("greenlane") / f"kafka-{version}" / sha256(pom).hexdigest()[:8]
    if not folder.is_dir():
        goal = ["-f", str(_POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
        _fetch(folder, goal)
    return folder


def unpacked(artifact: str) -> Path:
    """Return the folder of an archive's content: `group:name:version:tar.gz:classifier`."""
    folder = user_cache_path("greenlane") / artifact.replace(":", "-")
    if not folder.is_dir():
        _fetch(folder, [_COPY, f"-Dartifact={artifact}"], _unpack)
    return folder


def _unpack(folder: Path) -> None:
    (archive,) = folder.iterdir()
    with tarfile.open(archive) as content:
        content.extractall(folder, filter="data")
    archive.unlink()


def _nothing_more(_: Path) -> None:
    """Leave the files as they were fetched."""


def _fetch(folder: Path, goal: list[str], then: Callable[[Path], None] = _nothing_more) -> None:
    """Let Maven copy files beside `folder`, then move them there in one step."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as parent:
        files = Path(parent) / "files"
        _run_maven([*goal, f"-DoutputDirectory={files}"])
        then(files)
        try:
            files.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another run was faster
                raise


def _run_maven(goal: list[str]) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerUnavailable("Maven is not installed (apt-get install maven)")
    try:
        subprocess.run(
            [maven, "-q", "-B", *goal],
            check=True,
            capture_output=True,
            text=True,
            timeout=_FETCH_SECONDS,
        )
    except subprocess.CalledProcessError as failed:
        said = next((line for line in failed.stdout.splitlines() if "ERROR" in line), "no reason")
        raise ServerUnavailable(f"Maven failed: {said}") from None
    except subprocess.TimeoutExpired:
        raise ServerUnavailable(f"Maven: no files after {_FETCH_SECONDS:g} s") from None
