"""The image is made of the versions that are tested, and of files whose hashes are known."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PINNED = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)


def pinned(path: str) -> dict[str, str]:
    return {
        re.sub(r"[-_.]+", "-", name).lower(): version
        for name, version in PINNED.findall((ROOT / path).read_text())
    }


def test_versions_of_the_image_are_those_of_the_tests() -> None:
    tested = pinned("constraints.txt")
    image = pinned("deploy/docker/requirements.txt")
    assert len(image) > 50
    assert {name: image[name] for name in image if name in tested} == {
        name: tested[name] for name in image if name in tested
    }
    assert set(image) - set(tested) <= {"cython", "setuptools", "packaging"}


def test_every_requirement_of_the_image_has_hashes() -> None:
    text = (ROOT / "deploy/docker/requirements.txt").read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
