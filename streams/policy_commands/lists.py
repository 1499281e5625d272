"""Commands about lists: check them, and change them so that it is known who did what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from scorers.lists.book import ListBook
from scorers.lists.changes import ListChange, add_entry, import_csv, remove_entry
from scorers.lists.entries import HOLDING, Entry
from scorers.lists.files import SUFFIX, load_lists
from scorers.lists.names import latin_words
from scorers.lists.problems import ListError, Problem
from streams.policy_commands.audit import audit_log, keep
from streams.policy_commands.printing import Report, Table, refusal

_COLUMNS: Final = ("list", "kind", "subject", "entries", "in force now")
_SHOWN: Final = 20
_CHAPTER: Final = 2
_ONE_WORD: Final = 1

Change = Callable[[BinaryIO], Sequence[ListChange]]


def check(path: Path, now: datetime) -> Report:
    """Say what is wrong with lists, a line each, or what they hold and where to look twice."""
    try:
        book = load_lists(path)
    except ListError as error:
        return refusal(error.problems, error.problems)
    rows = [*_counted(book, now)]
    cautions = [f"{entry.reference}: {said}" for entry, said in _cautions(book)]
    counts = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    return Report(
        [Table(_COLUMNS, rows), *_shown(cautions), f"version {book.version}"],
        {"version": book.version, "lists": counts, "cautions": cautions},
    )


def put(path: Path, into: Path, who: str, now: datetime) -> Report:
    """Put a CSV file in place of a list, or into a folder under its own name."""
    target = into / path.name if into.is_dir() else into
    return _changed(target, who, lambda log: import_csv(path, target, who, now, log))


def add(path: Path, cells: Mapping[str, str], who: str, now: datetime) -> Report:
    """Add an entry to a list."""
    return _changed(path, who, lambda log: add_entry(cells, path, who, now, log))


def remove(path: Path, reference: str, who: str, now: datetime) -> Report:
    """Take an entry off a list."""
    return _changed(path, who, lambda log: remove_entry(reference, path, who, now, log))


def _changed(path: Path, who: str, change: Change) -> Report:
    """Make a change under the audit log's lock, and say what it was."""
    problem = _hindrance(path, who)
    if problem is not None:
        return refusal([problem], [problem])
    try:
        with audit_log(path.parent) as log:
            changes = change(log)
            keep(path)
    except ListError as error:
        return refusal(error.problems, error.problems)
    counts = Counter(map(_verb, changes))
    told = ", ".join(f"{count:,} {verb}" for verb, count in counts.items() if verb)
    references = [f"  {_verb(one)} {one.reference}" for one in changes if one.reference]
    return Report([f"{path}: {told or 'nothing to change'}", *_shown(references)], changes)


def _hindrance(path: Path, who: str) -> Problem | None:
    """Return what stands against changing a list, before anything is opened."""
    if path.suffix != SUFFIX:
        return Problem(str(path), 0, "", f"a name ending in {SUFFIX}", repr(path.name))
    if not path.parent.is_dir():
        return Problem(str(path.parent), 0, "", "a folder", "none")
    return None if who.strip() else Problem("--who", 0, "", "who makes the change", "nothing")


def _verb(change: ListChange) -> str:
    """Return what was done to an entry; an empty word if nothing was."""
    if change.entry is None:
        return "" if change.former is None else "removed"
    return "added" if change.former is None else "changed"


def _counted(book: ListBook, now: datetime) -> Iterator[tuple[str, str, str, int, int]]:
    """Yield how many entries there are of a kind, and how many of them count at an instant."""
    groups = Counter((entry.list, entry.kind, entry.subject) for entry in book.entries)
    current = Counter(
        (entry.list, entry.kind, entry.subject)
        for entry in book.entries
        if entry.in_force(now.astimezone(UTC))
    )
    for group, count in groups.items():
        yield *group, count, current[group]


def _cautions(book: ListBook) -> Iterator[tuple[Entry, str]]:
    """Yield mandatory holds that are so wide that they would hold what nobody meant."""
    for entry in book.entries:
        if entry.kind not in HOLDING:
            continue
        if entry.subject in ("name", "text") and len(latin_words(entry.value)) <= _ONE_WORD:
            yield entry, f"one word holds every {entry.subject} with it; is kind restricted meant?"
        elif entry.subject == "hs" and len(entry.value) <= _CHAPTER:
            yield entry, "holds a whole chapter; is kind restricted meant?"


def _shown(lines: Sequence[str]) -> list[str]:
    rest = len(lines) - _SHOWN
    return [*lines[:_SHOWN], *([f"  and {rest:,} more"] if rest > 0 else [])]
