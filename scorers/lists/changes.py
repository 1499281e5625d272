"""Changes of lists, each told to an audit log: who, when, what, before and after."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from scorers.lists.csvfile import read_entries, write_rows
from scorers.lists.entries import Entry
from scorers.lists.lines import row_of
from scorers.lists.problems import ListError, Problem, shown

Action = Literal["import", "add", "remove"]

_DIGEST: Final = 16


class ListChange(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit log: what one action changed in one entry of a list.

    `before` and `after` are digests of the whole list's content, "" for none. `former` and
    `entry` are the entry's cells before and after. An action that changes no entry has one line
    with neither.
    """

    at: datetime
    who: str
    action: Action
    list: str
    before: str
    after: str
    reference: str = ""
    former: dict[str, str] | None = None
    entry: dict[str, str] | None = None


def import_csv(
    path: Path, into: Path, who: str, now: datetime, log: BinaryIO
) -> Sequence[ListChange]:
    """Put the list in `path` in place of the one in `into`, and return what changed.

    `log` is the audit log, ready to be appended to. It is written first: a change that is not in
    the log does not happen. The list itself is replaced in one step. Raises `ListError` with all
    problems, and then nothing has changed.
    """
    content = _read(path)
    former = _entries_there(into)
    return _replace(into, former, content, str(path), _Act("import", who, now), log)


def add_entry(
    row: Mapping[str, str], into: Path, who: str, now: datetime, log: BinaryIO
) -> Sequence[ListChange]:
    """Add the entry with these cells to a list; otherwise like `import_csv`."""
    added = read_entries(write_rows([row], list(row)), "entry", into.stem)
    former = read_entries(_read(into), str(into), into.stem) if into.exists() else []
    content = write_rows(map(row_of, [*former, *added]))
    return _replace(into, former, content, str(into), _Act("add", who, now), log)


def remove_entry(
    reference: str, into: Path, who: str, now: datetime, log: BinaryIO
) -> Sequence[ListChange]:
    """Take the entry that is called `reference` off a list; otherwise like `import_csv`."""
    former = read_entries(_read(into), str(into), into.stem)
    left = [entry for entry in former if entry.reference != reference]
    if len(left) == len(former):
        raise ListError([Problem(str(into), 0, "", "the reference of an entry", shown(reference))])
    content = write_rows(map(row_of, left))
    return _replace(into, former, content, str(into), _Act("remove", who, now), log)


class _Act(NamedTuple):
    """Who does what, and when."""

    action: Action
    who: str
    at: datetime


def _replace(
    into: Path, former: Sequence[Entry], content: bytes, file: str, act: _Act, log: BinaryIO
) -> Sequence[ListChange]:
    """Check the new content, tell the log, and put it in place."""
    if act.at.tzinfo is None:
        raise ValueError(f"expected an instant with an offset, got {act.at.isoformat()}")
    if not act.who:
        raise ValueError("expected who makes the change, got nothing")
    entries = read_entries(content, file, into.stem)
    before = _digest(into.read_bytes()) if into.exists() else ""
    frame = ListChange(
        at=act.at,
        who=act.who,
        action=act.action,
        list=into.stem,
        before=before,
        after=_digest(content),
    )
    changes = [replace(frame, **change) for change in _differences(former, entries)] or [frame]
    log.write(b"".join(msgspec.json.encode(change) + b"\n" for change in changes))
    log.flush()
    beside = into.with_name(f".{into.name}.new")
    beside.write_bytes(content)
    beside.replace(into)
    return changes


def _differences(former: Iterable[Entry], entries: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    """Yield what to say of each entry that was added, removed or changed."""
    old, new = _by_identity(former), _by_identity(entries)
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was != now:
            known = now or was
            yield {
                "reference": known.reference if known else "",
                "former": row_of(was) if was else None,
                "entry": row_of(now) if now else None,
            }


def _by_identity(entries: Iterable[Entry]) -> dict[tuple[str, int], Entry]:
    """Return entries by reference; one that is listed for several periods is numbered."""
    counts: Counter[str] = Counter()
    found = {}
    for entry in entries:
        found[entry.reference, counts[entry.reference]] = entry
        counts[entry.reference] += 1
    return found


def _entries_there(into: Path) -> list[Entry]:
    """Return the entries of the list so far; one that cannot be read has none to compare with."""
    if not into.exists():
        return []
    try:
        return read_entries(_read(into), str(into), into.stem)
    except ListError:
        return []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise ListError([Problem(str(path), 0, "", "a file to read", got)]) from None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGEST]
