"""Folders of reference data for tests: the packaged files with one of them replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.reference.errors import ReferenceDataError
from schemas.reference.loading import load_reference

ROW = """
[[duty]]
code = "X"
destination = "AU"
rule = "none"
limit = 1000
currency = "AUD"
status = "confirmed"
source = "a law"
"""
"""A whole row, that other ones are made from by replacing a line."""


def changed(**fields: str) -> str:
    """Return the row with fields as TOML; an empty one is left out."""
    lines = []
    for line in ROW.splitlines():
        name = line.partition(" =")[0]
        if name not in fields:
            lines.append(line)
    lines += [f"{name} = {value}" for name, value in fields.items() if value]
    return "\n".join(lines) + "\n"


def write(folder: Path, name: str, text: str) -> Path:
    """Write one file of reference data and return its folder."""
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def refusal(folder: Path, name: str, text: str) -> str:
    """Return what is told first of a folder with one replaced file that is refused."""
    with pytest.raises(ReferenceDataError) as caught:
        load_reference(write(folder, name, text))
    return str(caught.value.problems[0])
