"""One line of a list made an entry, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast, get_args

from schemas.types import Control
from scorers.features.text import all_words
from scorers.lists.addresses import address_in
from scorers.lists.cells import Cells
from scorers.lists.entries import (
    DEFAULT_THRESHOLD,
    HOLDING,
    KINDS,
    MAX_SCORE,
    MAX_SEVERITY,
    MAX_VALUE,
    MIN_THRESHOLD,
    SUBJECTS,
    Entry,
    Kind,
    Subject,
)
from scorers.lists.names import names_in

COLUMNS: Final = (
    "subject", "value", "kind", "reason_code", "control", "score", "threshold", "valid_from",
    "valid_to", "owner", "note",
    "severity",
)  # fmt: skip
REQUIRED: Final = ("subject", "value", "kind")

RESTRICTED_SCORE: Final = 1.0
"""Logits that a restricted entry adds if it does not say how many."""

_CONTROLS: Final[tuple[str, ...]] = get_args(Control)
_CLAIMED: Final = frozenset({"name", "address", "text"})
"""What anyone can claim, and so nobody is trusted for."""

_HS_DIGITS: Final = range(2, 13)


def _is_hs(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) in _HS_DIGITS


_FORMS: Final[dict[str, tuple[Callable[[str], object], str]]] = {
    "name": (names_in, "a name with letters or digits"),
    "address": (address_in, "street|postcode|country"),
    "text": (lambda value: all_words(value.removesuffix("*")), "a word or a phrase"),
    "hs": (_is_hs, "2 to 12 digits"),
}
"""By subject: what is true of a value that can be searched for, and how that is called."""


def entry_of(cells: Cells, name: str) -> Entry | None:
    """Return the entry of list `name` on a line, or None if a cell was refused."""
    before = len(cells.problems)
    kind = cast("Kind", cells.choice("kind", KINDS))
    subject = cast("Subject", cells.choice("subject", SUBJECTS))
    default = RESTRICTED_SCORE if kind == "restricted" else 0.0
    entry = Entry(
        list=name,
        kind=kind,
        subject=subject,
        value=_value(cells, subject),
        reason_code=cells.code("reason_code"),
        control=cast("Control", cells.choice("control", _CONTROLS, default="")),
        score=cells.number("score", -MAX_SCORE, MAX_SCORE, default),
        threshold=cells.number("threshold", MIN_THRESHOLD, 100, DEFAULT_THRESHOLD),
        valid_from=cells.start("valid_from"),
        valid_to=cells.end("valid_to"),
        owner=cells.text("owner"),
        note=cells.text("note"),
        severity=cells.number("severity", 0, MAX_SEVERITY, 0),
    )
    _check_together(cells, entry)
    return entry if len(cells.problems) == before else None


def _value(cells: Cells, subject: Subject) -> str:
    before = len(cells.problems)
    value = cells.text("value", MAX_VALUE)
    searchable, expected = _FORMS.get(subject, (bool, "a value"))
    if len(cells.problems) == before and not searchable(value):
        cells.refuse("value", expected)
    return value


def _check_together(cells: Cells, entry: Entry) -> None:
    """Refuse cells that are right alone and wrong together."""
    if entry.kind == "stop" and entry.subject != "text":
        cells.refuse("subject", "text for a stop word")
    if entry.kind == "allow" and entry.subject in _CLAIMED:
        cells.refuse("subject", "an identifier for an allow list: anyone can claim the rest")
    if (entry.kind == "allow" or entry.kind in HOLDING) and entry.score:
        cells.refuse("score", f"none for kind {entry.kind}")
    if entry.kind in ("allow", "stop") and entry.severity:
        cells.refuse("severity", f"none for kind {entry.kind}")
    if entry.valid_from and entry.valid_to and entry.valid_to <= entry.valid_from:
        cells.refuse("valid_to", f"later than valid_from ({entry.valid_from.isoformat()})")


def row_of(entry: Entry) -> dict[str, str]:
    """Return an entry as the cells of its line."""
    cells = ((column, getattr(entry, column)) for column in COLUMNS)
    return {column: "" if value is None else str(value) for column, value in cells}
