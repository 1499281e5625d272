"""Rule files on disk: changes are taken whole, and broken ones never lose the last good book."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scorers.rules.files import RuleFiles, load_rules
from scorers.rules.problems import RuleError
from tests.unit.scorers.rules.builders import with_condition

GERMANY = with_condition("destination_country: DE")
FRANCE = with_condition("destination_country: FR")
BROKEN = GERMANY.replace("hold", "stop")
POLL = 5.0


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "rules.yaml"
    file.write_text(GERMANY)
    return file


def polls(files: RuleFiles, clock: Clock, count: int = 2) -> list[bool]:
    """Return at which of some polls a newer book came."""
    newer = []
    for _ in range(count):
        clock.now += POLL
        newer.append(files.newer() is not None)
    return newer


def rewrite(path: Path, text: str) -> None:
    """Write as an editor does that keeps the file: the same inode, at a later time."""
    path.write_text(text)
    later = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(later, later))


def test_load_folder_reads_all_its_rule_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GERMANY)
    (tmp_path / "b.yml").write_text(FRANCE.replace("some-rule", "other-rule"))
    (tmp_path / ".b.yaml").write_text("what an editor keeps")
    (tmp_path / "readme.txt").write_text("no rules")
    assert [rule.id for rule in load_rules(tmp_path).rules] == ["other-rule", "some-rule"]


def test_load_folder_lists_the_problems_of_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(BROKEN)
    (tmp_path / "b.yaml").write_text("rules: [")
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    assert [Path(problem.file).name for problem in caught.value.problems] == ["a.yaml", "b.yaml"]


def test_load_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"none.yaml: expected a file to read, got No such file"):
        load_rules(tmp_path / "none.yaml")


def test_load_folder_without_rule_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"expected files ending in .yaml or .yml, got none"):
        load_rules(tmp_path)


def test_first_load_of_broken_rules_is_refused(path: Path, clock: Clock) -> None:
    path.write_text(BROKEN)
    with pytest.raises(RuleError, match="expected one of hold"):
        RuleFiles(path, clock, POLL)


def test_newer_before_the_poll_does_not_look(path: Path, clock: Clock) -> None:
    files = RuleFiles(path, clock, POLL)
    path.unlink()
    clock.now += POLL / 2
    assert files.newer() is None
    assert files.problem is None


def test_newer_of_unchanged_files_is_none(path: Path, clock: Clock) -> None:
    assert polls(RuleFiles(path, clock, POLL), clock, 3) == [False, False, False]


def test_newer_takes_a_change_once_two_polls_see_the_same(path: Path, clock: Clock) -> None:
    files = RuleFiles(path, clock, POLL)
    former = files.book
    rewrite(path, FRANCE)
    assert polls(files, clock, 3) == [False, True, False]
    assert files.book.version != former.version


def test_newer_waits_while_a_file_is_being_written(path: Path, clock: Clock) -> None:
    files = RuleFiles(path, clock, POLL)
    for size in (60, 90, 120):
        rewrite(path, FRANCE[:size])
        assert polls(files, clock, 1) == [False]
        assert files.problem is None
    rewrite(path, FRANCE)
    assert polls(files, clock) == [False, True]


def test_newer_takes_a_file_that_was_put_in_place_of_another(path: Path, clock: Clock) -> None:
    files = RuleFiles(path, clock, POLL)
    other = path.with_suffix(".new")
    other.write_text(FRANCE)
    other.replace(path)
    assert polls(files, clock) == [False, True]


def test_newer_of_files_that_say_the_same_is_none(path: Path, clock: Clock) -> None:
    files = RuleFiles(path, clock, POLL)
    rewrite(path, f"# a comment\n{GERMANY}")
    assert polls(files, clock, 3) == [False, False, False]


def test_broken_change_keeps_the_last_good_book_until_it_is_mended(
    path: Path, clock: Clock
) -> None:
    files = RuleFiles(path, clock, POLL)
    former = files.book
    rewrite(path, BROKEN)
    assert polls(files, clock, 3) == [False, False, False]
    assert files.book is former
    assert str(files.problem).startswith(f"{path}:7: rule some-rule.action: expected one of hold")
    rewrite(path, FRANCE)
    assert polls(files, clock) == [False, True]
    assert files.problem is None


def test_broken_change_taken_back_clears_the_problem(path: Path, clock: Clock) -> None:
    files = RuleFiles(path, clock, POLL)
    rewrite(path, BROKEN)
    polls(files, clock)
    rewrite(path, GERMANY)
    assert polls(files, clock) == [False, False]
    assert files.problem is None


def test_problem_stays_the_same_one_while_nothing_changes(path: Path, clock: Clock) -> None:
    files = RuleFiles(path, clock, POLL)
    rewrite(path, BROKEN)
    polls(files, clock)
    first = files.problem
    polls(files, clock)
    assert first is not None
    assert files.problem is first


def test_problem_of_files_gone_stays_the_same_one(path: Path, clock: Clock) -> None:
    files = RuleFiles(path, clock, POLL)
    path.unlink()
    polls(files, clock, 1)
    first = files.problem
    polls(files, clock, 3)
    assert first is not None
    assert files.problem is first


def test_files_gone_are_a_problem_until_they_are_back(path: Path, clock: Clock) -> None:
    files = RuleFiles(path, clock, POLL)
    away = path.rename(path.with_suffix(".away"))
    assert polls(files, clock) == [False, False]
    assert "expected a file to read, got No such file" in str(files.problem)
    away.rename(path)
    assert polls(files, clock) == [False, False]
    assert files.problem is None


def test_files_out_of_reach_and_back_unchanged_are_no_problem(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "mounted"
    folder.mkdir()
    (folder / "rules.yaml").write_text(GERMANY)
    files = RuleFiles(folder / "rules.yaml", clock, POLL)
    away = folder.rename(tmp_path / "away")
    polls(files, clock, 1)
    assert files.problem is not None
    away.rename(folder)
    assert polls(files, clock) == [False, False]
    assert files.problem is None


def test_change_that_starts_while_files_are_read_is_left_for_later(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = RuleFiles(path, clock, POLL)
    rewrite(path, FRANCE)
    polls(files, clock, 1)
    read = Path.read_bytes

    def read_while_written(file: Path) -> bytes:
        data = read(file)
        rewrite(path, GERMANY.replace("DE", "PL"))
        return data

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", read_while_written)
        assert polls(files, clock, 1) == [False]
    assert polls(files, clock) == [False, True]
    assert "PL" in str(files.book.rules[0].when)
