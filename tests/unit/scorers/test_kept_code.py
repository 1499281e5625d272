"""Compiled code is shared by installations, and not by versions that compile other constants in."""

from __future__ import annotations

from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from scorers.features.hashing import hash_at
from scorers.kept_code import VersionLocator, constants

LIMIT = 3
TABLE = np.array([1, 2])


def inner(value: int) -> int:
    return min(value, LIMIT)


def outer(value: int) -> int:
    return inner(value) + TABLE[0]


def with_limit(limit: int) -> Any:
    """Return `outer` as it is where the constant of what it calls is another one."""
    changed = FunctionType(inner.__code__, {"LIMIT": limit})
    names = {"inner": SimpleNamespace(py_func=changed), "TABLE": TABLE}
    return FunctionType(outer.__code__, names)


def located(function: Any, file: Path, module: str = "scorers.example") -> VersionLocator | None:
    function.__module__ = module
    return VersionLocator.from_function(function, str(file))


def test_constants_are_those_of_a_function_and_of_those_that_it_calls() -> None:
    assert sorted(constants(with_limit(3))) == ["LIMIT = 3", "TABLE = [1, 2]"]


def test_code_of_one_source_has_one_place_and_stamp_wherever_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path / "kept"))
    places = []
    for name in ("here", "there"):
        file = tmp_path / name / "example.py"
        file.parent.mkdir()
        file.write_text("same")
        locator = located(with_limit(3), file)
        assert locator is not None
        places.append((locator.get_cache_path(), locator.get_source_stamp()))
    assert places[0] == places[1]


def test_code_with_another_constant_of_another_module_has_another_stamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path / "kept"))
    file = tmp_path / "example.py"
    file.write_text("same")
    one, other = (located(with_limit(limit), file) for limit in (3, 4))
    assert one is not None
    assert other is not None
    assert one.get_source_stamp() != other.get_source_stamp()


def test_code_of_others_is_left_to_numba(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path / "kept"))
    assert located(with_limit(3), Path(__file__), "scorersandmore.example") is None


def test_loops_of_ours_are_kept_by_their_module() -> None:
    kept: Any = hash_at
    assert kept._cache.cache_path.endswith("scorers.features.hashing")
