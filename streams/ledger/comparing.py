"""What differs between the ledger and a return, or between the ledger and the decisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from streams.ledger.rows import Amounts, RowKey, Rows, decimal_of


class Mismatch(NamedTuple):
    """A line that differs; None on the side that does not have it."""

    key: RowKey
    ledger: Amounts | None
    other: Amounts | None


def mismatches(ledger: Rows, other: Rows, *, count: bool = True) -> list[Mismatch]:
    """Return the lines that differ, in order. Without `count` parcels do not matter.

    >>> key = RowKey("IM1", "2026-11", "supply", "", "DE", "EUR")
    >>> mismatches({key: Amounts(1, 900, 171)}, {key: Amounts(1, 900, 171)})
    []
    """
    found = (Mismatch(key, ledger.get(key), other.get(key)) for key in sorted({*ledger, *other}))
    return [one for one in found if not _same(one.ledger, one.other, count)]


def worded(mismatch: Mismatch, other: str) -> str:
    """Return a mismatch as a line for people; `other` names what the ledger is held against."""
    return f"{':'.join(filter(None, mismatch.key))}: {', '.join(_differences(mismatch, other))}"


def _same(one: Amounts | None, other: Amounts | None, count: bool) -> bool:
    if one is None or other is None:
        return False
    return one == other if count else one[1:] == other[1:]


def _differences(mismatch: Mismatch, other: str) -> Iterator[str]:
    ours, theirs = mismatch.ledger, mismatch.other
    if ours is None and theirs is not None:
        yield f"in the {other} alone, VAT {decimal_of(theirs.vat)}"
    elif theirs is None and ours is not None:
        yield f"missing in the {other}, VAT {decimal_of(ours.vat)} is due"
    elif ours is not None and theirs is not None:
        for name in Amounts._fields:
            one, two = getattr(ours, name), getattr(theirs, name)
            if one != two:
                said = (str(one), str(two)) if name == "parcels" else map(decimal_of, (one, two))
                yield "{} {} in the ledger, {} in the {}".format(name, *said, other)
