"""List files on disk: loaded whole, and looked at again without ever losing the last good ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from scorers.lists.book import ListBook
from scorers.lists.csvfile import read_entries
from scorers.lists.entries import Entry
from scorers.lists.problems import ListError, Problem
from scorers.lists.standard import stop_words

SUFFIX: Final = ".csv"

_Look = tuple[tuple[str, int, int, int, int], ...]
"""Name, times of change, size and inode of every file: another content has another look."""


def load_lists(path: Path) -> ListBook:
    """Return the list in a file, or those in all `.csv` files right in a folder.

    A list is called as its file. Without a stop word among them, those of ICS2 are added.
    Raises `ListError` with all problems if any file cannot be used.
    """
    return _book(_contents(path))


class ListFiles:
    """The lists at `path`, kept up to date; `book` is always the last good one.

    The first load raises `ListError`. Later problems are kept in `problem`, for an alert, until
    the files are good again. `clock` counts seconds that only grow.
    """

    def __init__(self, path: Path, clock: Callable[[], float], poll_seconds: float = 0.5) -> None:
        self._path = path
        self._clock = clock
        self._poll = poll_seconds
        self._seen: _Look | None = None
        self._read: _Look | None = _look(path)
        self._next = clock() + poll_seconds
        self.book = load_lists(path)
        self.problem: ListError | None = None

    def newer(self) -> ListBook | None:
        """Return a book that says something else than the last one, or None.

        Costs nothing between polls. A change is read once two polls see the same files, so that
        none is taken while it is being written: two polls are what a change waits at most.
        """
        now = self._clock()
        if now < self._next:
            return None
        self._next = now + self._poll
        try:
            return self._changed()
        except ListError as error:
            self.problem = error
            return None

    def _changed(self) -> ListBook | None:
        look = self._look_again()
        if look is None:
            return None
        contents = _contents(self._path)
        if _look(self._path) != look:
            return None
        self._read = look
        book = _book(contents)
        self.problem = None
        if book.version == self.book.version:
            return None
        self.book = book
        return book

    def _look_again(self) -> _Look | None:
        """Return how the files look, if that is new and the same as at the last poll."""
        former, read = self._seen, self._read
        # Files that cannot be looked at now are read again once they can.
        self._seen = self._read = None
        self._seen, self._read = _look(self._path), read
        return self._seen if self._seen == former != read else None


def _book(contents: Iterable[tuple[Path, bytes]]) -> ListBook:
    entries: list[Entry] = []
    problems: list[Problem] = []
    for path, content in contents:
        try:
            entries += read_entries(content, str(path), path.stem)
        except ListError as error:
            problems += error.problems
    if problems:
        raise ListError(problems)
    if not any(entry.kind == "stop" for entry in entries):
        entries += stop_words()
    return ListBook(entries)


def _paths(path: Path) -> list[Path]:
    """Return the list files at `path`; hidden ones are an editor's."""
    if not path.is_dir():
        return [path]
    return sorted(
        entry for entry in path.iterdir() if entry.suffix == SUFFIX and entry.name[0] != "."
    )


def _look(path: Path) -> _Look:
    try:
        stats = [(str(entry), entry.stat()) for entry in _paths(path)]
    except OSError as error:
        raise _unreadable(path, error) from None
    return tuple(
        (name, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
        for name, stat in stats
    )


def _contents(path: Path) -> list[tuple[Path, bytes]]:
    try:
        return [(entry, entry.read_bytes()) for entry in _paths(path)]
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> ListError:
    got = error.strerror or type(error).__name__
    return ListError([Problem(error.filename or str(path), 0, "", "a file to read", got)])
