"""What the packages need beside Python is part of what is installed."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
MADE = {".py", ".so"}


def test_every_file_of_a_package_is_code_or_named_as_its_data() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = project["tool"]["setuptools"]["package-data"]
    for package, patterns in named.items():
        files = {path for path in (ROOT / package).rglob("*.*") if path.is_file()}
        data = {
            path for path in files if path.suffix not in MADE and "__pycache__" not in path.parts
        }
        delivered = {path for pattern in patterns for path in (ROOT / package).glob(pattern)}
        assert {str(path) for path in data - delivered - _promises(package)} == set()


def _promises(package: str) -> set[Path]:
    """Return the released schemas: they are for those who change the code, not for users."""
    return set((ROOT / package / "released").glob("*"))
