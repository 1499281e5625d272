"""List files on disk: loaded whole, reloaded once they have settled, never lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from scorers.lists.files import ListFiles, load_lists
from scorers.lists.problems import ListError
from scorers.lists.standard import NAME

HEADER = "subject,value,kind\n"
GOOD = HEADER + "seller,seller-7,watch\n"
BETTER = HEADER + "seller,seller-8,watch\n"
BROKEN = HEADER + "seller,,watch\n"


class Clock:
    """Seconds that grow when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def polled(files: ListFiles, clock: Clock, times: int = 2) -> list[str | None]:
    """Return the versions that so many polls give."""
    versions = []
    for _ in range(times):
        clock.now += 0.5
        book = files.newer()
        versions.append(book.version if book else None)
    return versions


def test_load_of_a_file_calls_the_list_as_the_file(tmp_path: Path) -> None:
    book = load_lists(write(tmp_path / "risks.csv", GOOD))
    assert {entry.list for entry in book.entries} == {"risks", NAME}


def test_load_of_a_folder_reads_its_lists_in_the_order_of_names(tmp_path: Path) -> None:
    write(tmp_path / "b.csv", GOOD)
    write(tmp_path / "a.csv", BETTER)
    write(tmp_path / ".a.csv.new", BROKEN)
    write(tmp_path / "notes.txt", BROKEN)
    names = [entry.list for entry in load_lists(tmp_path).entries if entry.kind != "stop"]
    assert names == ["a", "b"]


def test_load_of_an_own_stop_word_list_leaves_out_the_standard_one(tmp_path: Path) -> None:
    book = load_lists(write(tmp_path / "words.csv", HEADER + "text,stuff,stop\n"))
    assert [entry.value for entry in book.entries] == ["stuff"]


def test_load_of_broken_files_tells_the_problems_of_all(tmp_path: Path) -> None:
    paths = [write(tmp_path / name, BROKEN) for name in ("a.csv", "b.csv")]
    with pytest.raises(ListError) as error:
        load_lists(tmp_path)
    assert [problem.file for problem in error.value.problems] == list(map(str, paths))


def test_load_of_a_file_that_is_not_there_tells_so(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="expected a file to read, got No such file"):
        load_lists(tmp_path / "none.csv")


def test_newer_without_a_change_gives_nothing(tmp_path: Path) -> None:
    clock = Clock()
    files = ListFiles(write(tmp_path / "risks.csv", GOOD), clock)
    assert polled(files, clock, 3) == [None] * 3


def test_newer_after_a_change_gives_the_new_book_once_it_has_settled(tmp_path: Path) -> None:
    clock = Clock()
    path = write(tmp_path / "risks.csv", GOOD)
    files = ListFiles(path, clock)
    former = files.book
    write(path, BETTER + "\n")
    assert polled(files, clock, 3) == [None, files.book.version, None]
    assert files.book.version != former.version


def test_newer_between_polls_does_not_look(tmp_path: Path) -> None:
    clock = Clock()
    path = write(tmp_path / "risks.csv", GOOD)
    files = ListFiles(path, clock)
    path.unlink()
    assert files.newer() is None
    assert files.problem is None


def test_newer_after_a_change_that_says_the_same_gives_nothing(tmp_path: Path) -> None:
    clock = Clock()
    path = write(tmp_path / "risks.csv", GOOD)
    files = ListFiles(path, clock)
    write(path, GOOD + "\n")
    assert polled(files, clock, 3) == [None] * 3


def test_newer_of_a_broken_file_keeps_the_last_good_book_and_the_problem(tmp_path: Path) -> None:
    clock = Clock()
    path = write(tmp_path / "risks.csv", GOOD)
    files = ListFiles(path, clock)
    former = files.book
    write(path, BROKEN)
    assert polled(files, clock, 3) == [None] * 3
    assert files.book is former
    assert "value: expected a value, got nothing" in str(files.problem)
    write(path, BETTER)
    assert polled(files, clock)[-1] == files.book.version != former.version
    assert files.problem is None


def test_newer_of_a_file_that_is_away_and_comes_back_forgets_the_problem(tmp_path: Path) -> None:
    clock = Clock()
    path = write(tmp_path / "risks.csv", GOOD)
    files = ListFiles(path, clock)
    aside = path.rename(tmp_path / "aside")
    assert polled(files, clock, 1) == [None]
    assert files.problem is not None
    aside.rename(path)
    assert polled(files, clock) == [None, None]
    assert files.problem is None
