"""The budget file: taken once it has settled, the last good one kept, problems told."""

from __future__ import annotations

from pathlib import Path

import pytest

from scorers.budgets.loading import BudgetError
from streams.budget_file import BudgetFile
from tests.unit.streams.clocks import Clock

GOOD, BETTER = "default.share = 0.03\n", "default.share = 0.05\n"
BROKEN = "default.share = 3\n"


def polled(file: BudgetFile, clock: Clock, times: int = 2) -> list[float | None]:
    """Return the default's share in the plans that so many polls give."""
    shares = []
    for _ in range(times):
        clock.now += 0.5
        plan = file.newer()
        shares.append(plan.default.share if plan else None)
    return shares


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with a good plan."""
    path = tmp_path / "budgets.toml"
    path.write_text(GOOD)
    return path


def test_newer_of_an_unchanged_file_is_none(path: Path) -> None:
    clock = Clock()
    assert polled(BudgetFile(path, clock), clock, 3) == [None] * 3


def test_newer_before_the_next_poll_does_not_look(path: Path) -> None:
    clock = Clock()
    file = BudgetFile(path, clock)
    path.write_text(BETTER)
    assert [file.newer() for _ in range(3)] == [None] * 3


def test_newer_of_a_changed_file_comes_once_when_two_polls_see_the_same(path: Path) -> None:
    clock = Clock()
    file = BudgetFile(path, clock)
    path.write_text(BETTER)
    assert polled(file, clock, 3) == [None, 0.05, None]


def test_newer_while_the_file_is_being_written_takes_no_part_of_it(path: Path) -> None:
    clock = Clock()
    file = BudgetFile(path, clock)
    for part in ("", "default.share = 0", "default.share = 0.0"):
        path.write_text(part)
        assert polled(file, clock, 1) == [None]
    path.write_text(BETTER)
    assert polled(file, clock) == [None, 0.05]
    assert file.problem is None


def test_newer_of_a_broken_file_keeps_the_last_good_plan_and_its_problem(path: Path) -> None:
    clock = Clock()
    file = BudgetFile(path, clock)
    path.write_text(BROKEN)
    assert polled(file, clock, 4) == [None] * 4
    assert file.plan.default.share == 0.03
    assert str(file.problem) == f"{path}:1: default.share: expected less than 1, got 3"


def test_newer_of_a_mended_file_forgets_the_problem_and_says_nothing_new(path: Path) -> None:
    clock = Clock()
    file = BudgetFile(path, clock)
    path.write_text(BROKEN)
    polled(file, clock)
    path.write_text(f"# mended\n{GOOD}")
    assert polled(file, clock) == [None, None]
    assert file.problem is None


def test_newer_of_a_file_that_was_away_forgets_that_when_it_is_back(path: Path) -> None:
    clock = Clock()
    file = BudgetFile(path, clock)
    path.unlink()
    assert polled(file, clock) == [None, None]
    assert "expected a file to read, got No such file" in str(file.problem)
    path.write_text(GOOD)
    assert polled(file, clock) == [None, None]
    assert file.problem is None


def test_newer_of_a_broken_file_that_was_away_is_still_broken_when_it_is_back(path: Path) -> None:
    clock = Clock()
    file = BudgetFile(path, clock)
    path.write_text(BROKEN)
    polled(file, clock)
    told = str(file.problem)
    path.unlink()
    polled(file, clock)
    path.write_text(BROKEN)
    polled(file, clock)
    assert str(file.problem) == told


@pytest.mark.parametrize("content", [None, BROKEN, "share"])
def test_first_load_of_a_file_that_cannot_be_used_raises(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "budgets.toml"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BudgetError, match=r"budgets\.toml(:1)?: .*expected .*got "):
        BudgetFile(path, Clock())
