"""Rule files on disk: loaded whole, and looked at again without ever losing the last good ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from scorers.rules.book import RuleBook
from scorers.rules.checking import book_of
from scorers.rules.problems import Problem, RuleError

_SUFFIXES: Final = (".yaml", ".yml")

_Look = tuple[tuple[str, int, int, int, int], ...]
"""Name, times of change, size and inode of every file: another content has another look."""


def load_rules(path: Path) -> RuleBook:
    """Return the rules in a file, or in all `.yaml` and `.yml` files right in a folder.

    Raises `RuleError` with all problems if any file cannot be used.
    """
    return book_of(_contents(path))


class RuleFiles:
    """The rules at `path`, kept up to date; `book` is always the last good one.

    The first load raises `RuleError`. Later problems are kept in `problem`, for an alert, until
    the files are good again. `clock` counts seconds that only grow.
    """

    def __init__(self, path: Path, clock: Callable[[], float], poll_seconds: float = 5.0) -> None:
        self._path = path
        self._clock = clock
        self._poll = poll_seconds
        look = _look(path)
        self._read: _Look | None = look
        self._seen: _Look | None = look
        self._next = clock() + poll_seconds
        self.book = load_rules(path)
        self.problem: RuleError | None = None

    def newer(self) -> RuleBook | None:
        """Return a book that says something else than the last one, or None.

        Costs nothing between polls. A change is read once two polls see the same files, so that
        none is taken while it is being written.
        """
        now = self._clock()
        if now < self._next:
            return None
        self._next = now + self._poll
        try:
            return self._changed()
        except RuleError as error:
            # One that stays is one alert.
            if str(error) != str(self.problem):
                self.problem = error
            return None

    def _changed(self) -> RuleBook | None:
        look = self._look_again()
        if look is None:
            return None
        contents = _contents(self._path)
        if _look(self._path) != look:
            return None
        self._read = look
        book = book_of(contents)
        self.problem = None
        if book.version == self.book.version:
            return None
        self.book = book
        return book

    def _look_again(self) -> _Look | None:
        """Return how the files look now if that is new and has settled."""
        former, read = self._seen, self._read
        # Files that cannot be looked at now are read again once they can.
        self._seen = self._read = None
        self._seen, self._read = _look(self._path), read
        return self._seen if self._seen == former != read else None


def _paths(path: Path) -> list[Path]:
    """Return the rule files at `path`; hidden ones are an editor's."""
    if not path.is_dir():
        return [path]
    listed = (entry for entry in path.iterdir() if entry.suffix in _SUFFIXES)
    found = sorted(entry for entry in listed if entry.is_file() and entry.name[0] != ".")
    if not found:
        raise RuleError([Problem(str(path), 0, "", "files ending in .yaml or .yml", "none")])
    return found


def _look(path: Path) -> _Look:
    try:
        stats = [(str(entry), entry.stat()) for entry in _paths(path)]
    except OSError as error:
        raise _unreadable(path, error) from None
    return tuple(
        (name, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
        for name, stat in stats
    )


def _contents(path: Path) -> list[tuple[str, bytes]]:
    try:
        return [(str(entry), entry.read_bytes()) for entry in _paths(path)]
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> RuleError:
    got = error.strerror or type(error).__name__
    return RuleError([Problem(error.filename or str(path), 0, "", "a file to read", got)])
