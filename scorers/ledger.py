"""What a batch of decisions adds to the IOSS ledger, in whole cents."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np

from schemas import ledger
from schemas.ledger import LEDGER_GROUPS, LedgerDeltas
from schemas.reference.loading import Reference
from scorers.assessment.assessments import Assessments
from scorers.assessment.terms import Flags
from scorers.features.batch import Integers
from scorers.features.hashing import hash_text, mixed
from scorers.features.tables import ManifestTable
from scorers.grouping import summed

_UNION: Final = "EU"
_KEY: Final = "ioss-{}"
_DAY_SECONDS: Final = 86_400
_PLACE_BITS: Final = 16
_MONTH_OF_DAY: Final = np.arange(60_000).astype("M8[D]").astype("M8[M]").astype(np.int64)
"""Looked up: NumPy takes 30 ns to find a day's month."""

_NO_NUMBER: Final = np.uint64(hash_text(""))
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)


def ledger_key(ioss: str) -> str:
    """Return the key under which all that concerns an IOSS number is written.

    >>> ledger_key("IM2760000742")
    'ioss-1'
    """
    return _KEY.format(hash_text(ioss) % LEDGER_GROUPS)


class LedgerTally:
    """Adds up assessed batches by IOSS number, month and destination."""

    def __init__(self, reference: Reference) -> None:
        # A destination that is not known comes first, as where parcels are assessed.
        members = [False, *(one.member_of == _UNION for one in reference.territories)]
        self._members = np.array(members)

    def of(self, table: ManifestTable) -> Iterator[tuple[str, LedgerDeltas]]:
        """Yield what a batch adds to the ledger, under the keys of its IOSS numbers."""
        numbers = table.hashes("ioss")
        (rows,) = (numbers != _NO_NUMBER).nonzero()
        if not len(rows) or table.assessments is None:
            return
        places, months = table.assessments.parcels.destinations[rows], _months(table)[rows]
        keys = mixed(numbers[rows] * _ODD ^ (months << _PLACE_BITS | places).view(np.uint64))
        covered = self._members[places] & ~table.assessments.above_limit[rows]
        groups = summed(keys, _measures(table.assessments, rows, covered))
        homes = numbers[rows[groups.firsts]] % np.uint64(LEDGER_GROUPS)
        groups, slices = groups.ordered(homes.astype(np.int64))
        firsts = rows[groups.firsts]
        columns = (
            table.some("ioss", firsts),
            list(map(_month, months[groups.firsts].tolist())),
            table.some("destination_country", firsts),
            table.assessments.currencies_of(firsts),
            *groups.sums.tolist(),
        )
        for home, part in slices:
            filled = (column[part] for column in columns)
            yield _KEY.format(home), LedgerDeltas(ledger.SCHEMA_VERSION, *filled)


def _months(table: ManifestTable) -> Integers:
    """Return the month of each parcel's declaration, counted from January 1970, in UTC."""
    days = (table.numbers("submitted_at") // _DAY_SECONDS).astype(np.int64)
    return _MONTH_OF_DAY.take(days, mode="clip")


@cache
def _month(since_1970: int) -> str:
    return f"{1970 + since_1970 // 12:04}-{since_1970 % 12 + 1:02}"


def _measures(assessments: Assessments, rows: Integers, covered: Flags) -> Integers:
    """Return parcels, value and VAT of those that IOSS covers, and the others, as lines."""
    value, vat = assessments.value[rows], assessments.vat[rows]
    covered = covered & np.isfinite(value) & np.isfinite(vat)
    lines = np.empty((4, len(rows)), dtype=np.int64)
    lines[0], lines[3] = covered, ~covered
    lines[1], lines[2] = np.where(covered, value, 0.0), np.where(covered, vat, 0.0)
    return lines
