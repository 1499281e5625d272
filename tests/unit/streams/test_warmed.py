"""Loops are compiled ahead once, and the user is told why it takes a while."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.warmed import once


def test_once_warms_up_and_says_so_the_first_time_only(tmp_path: Path) -> None:
    happened: list[str] = []
    for _ in range(3):
        once(tmp_path, lambda: happened.append("warm"), lambda line: happened.append(line[:9]))
    assert happened == ["Compiling", "warm"]


def test_once_that_fails_is_tried_again(tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        once(tmp_path, fail, print)
    happened: list[str] = []
    once(tmp_path, lambda: happened.append("warm"), print)
    assert happened == ["warm"]


def test_once_where_nothing_is_kept_does_nothing() -> None:
    once(None, lambda: pytest.fail("warmed up"), pytest.fail)
