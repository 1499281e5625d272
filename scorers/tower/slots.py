"""Sums of series in slots of ten seconds; hopping windows are sums of slots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import msgspec
import numpy as np

from schemas.lanes import LaneStats
from scorers.features.batch import Integers

SLOT_SECONDS: Final = 10
KEEP_SECONDS: Final = 900
"""How late a delta may come and still be counted, and the longest window."""

MEASURES: Final = ("counts", "priced", "cents", "grams", "logs", "squares")
COUNT, PRICED, CENTS, GRAMS, LOGS, SQUARES = range(len(MEASURES))

_MOST_SHIPPERS: Final = 8
_GROWTH: Final = 1_024


class Names:
    """Numbers for the names of series, up to `most`."""

    def __init__(self, most: int) -> None:
        self._rows: dict[str, int] = {}
        self._most = most
        self.untracked = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def rows(self, names: Sequence[str]) -> Integers:
        """Return the row of each name, -1 for new ones when there are too many."""
        try:
            found = map(self._rows.__getitem__, names)
            return np.fromiter(found, np.int64, len(names))
        except KeyError:
            return np.array([self._row(name) for name in names], dtype=np.int64)

    def _row(self, name: str) -> int:
        row = self._rows.get(name)
        if row is not None:
            return row
        if len(self._rows) >= self._most:
            self.untracked += 1
            return -1
        return self._rows.setdefault(name, len(self._rows))


class SlotRecord(msgspec.Struct):
    """A slot as it is kept: the sums of its series, and the last source offset that is in them."""

    slot: int
    offset: int
    names: list[str]
    sums: bytes
    shippers: dict[str, dict[str, int]]


@dataclass
class Slot:
    """Sums over ten seconds; a line for each measure, a column for each row."""

    offset: int
    sums: Integers
    shippers: dict[int, dict[str, int]] = field(default_factory=dict)

    def add(self, rows: Integers, values: Iterable[Integers]) -> None:
        """Add values, a line for each measure, to rows, which may come more than once."""
        room = self.sums.shape[1]
        most = int(rows.max(initial=-1))
        if most >= room:
            wider = np.zeros((len(MEASURES), most + _GROWTH), dtype=np.int64)
            wider[:, :room] = self.sums
            self.sums = wider
        for line, column in zip(self.sums, values, strict=True):
            np.add.at(line, rows, column)

    def credit(self, row: int, shipper: str, parcels: int) -> None:
        """Count parcels of a shipper; of too many shippers the least is replaced (space-saving)."""
        known = self.shippers.setdefault(row, {})
        if shipper in known or len(known) < _MOST_SHIPPERS:
            known[shipper] = known.get(shipper, 0) + parcels
            return
        least = min(known, key=known.__getitem__)
        known[shipper] = known.pop(least) + parcels


class SlotBook:
    """The slots of the last quarter of an hour, from deltas that may come late or twice."""

    def __init__(self, most_series: int) -> None:
        self.names = Names(most_series)
        self._slots: dict[int, Slot] = {}
        self._changed: set[int] = set()
        self.latest = 0
        self.too_late = 0

    def add(self, offset: int, stats: LaneStats) -> None:
        """Count the deltas of the record at `offset`, except what is in already."""
        entries = len(stats.series)
        columns = chain(stats.seconds, *(getattr(stats, name) for name in MEASURES))
        numbers = np.fromiter(columns, np.int64, entries * (1 + len(MEASURES)))
        seconds, *values = numbers.reshape(1 + len(MEASURES), entries)
        seconds += stats.since
        slots = seconds // SLOT_SECONDS * SLOT_SECONDS
        rows = self.names.rows(stats.series)
        self.latest = max(self.latest, int(seconds.max(initial=0)))
        for start in sorted(set(slots.tolist())):
            slot = self._open(start)
            if slot is None:
                self.too_late += int(values[COUNT][slots == start].sum())
            elif offset > slot.offset:
                chosen = np.flatnonzero((slots == start) & (rows >= 0))
                slot.add(rows[chosen], [column[chosen] for column in values])
                self._credit(slot, stats, rows, chosen)
                slot.offset = offset
                self._changed.add(start)

    def between(self, start: int, end: int) -> Integers:
        """Return the sums of the slots from `start` to before `end`; a column for each series."""
        total = np.zeros((len(MEASURES), len(self.names)), dtype=np.int64)
        for at in range(start, end, SLOT_SECONDS):
            if at in self._slots:
                sums = self._slots[at].sums[:, : len(self.names)]
                total[:, : sums.shape[1]] += sums
        return total

    def parcels(self) -> int:
        """Return how many parcels the slots have, of the lanes that are tracked."""
        lanes = np.array([name.startswith("lane:") for name in self.names], dtype=np.bool_)
        counts = np.zeros(len(lanes), dtype=np.int64)
        for slot in self._slots.values():
            some = slot.sums[COUNT, : len(lanes)]
            counts[: len(some)] += some
        return int(counts[lanes].sum())

    def shippers(self, row: int, start: int, end: int, most: int = 3) -> dict[str, int]:
        """Return who sent most in a window, and about how many parcels."""
        sent: dict[str, int] = {}
        for at in range(start, end, SLOT_SECONDS):
            if at in self._slots:
                for shipper, parcels in self._slots[at].shippers.get(row, {}).items():
                    sent[shipper] = sent.get(shipper, 0) + parcels
        return dict(sorted(sent.items(), key=lambda one: (-one[1], one[0]))[:most])

    def forget(self) -> list[int]:
        """Drop the slots that no window reaches any more, and return when they started."""
        old = [at for at in self._slots if at < self.latest - KEEP_SECONDS]
        for at in old:
            del self._slots[at]
            self._changed.discard(at)
        return old

    def changes(self) -> list[SlotRecord]:
        """Return the slots that have changed since the last call."""
        changed, self._changed = sorted(self._changed), set()
        return [self._record(at, self._slots[at]) for at in changed]

    def load(self, record: SlotRecord) -> None:
        """Take in a slot as it was kept."""
        rows = self.names.rows(record.names)
        sums = np.frombuffer(record.sums, np.int64).reshape(len(MEASURES), len(rows))
        slot = Slot(record.offset, np.zeros((len(MEASURES), 0), dtype=np.int64))
        slot.add(rows, sums)
        for name, row in zip(record.names, rows.tolist(), strict=True):
            if name in record.shippers:
                slot.shippers[row] = dict(record.shippers[name])
        self._slots[record.slot] = slot
        self.latest = max(self.latest, record.slot)

    def _open(self, start: int) -> Slot | None:
        """Return the slot that starts then, None if it is gone."""
        if start not in self._slots:
            if start < self.latest - KEEP_SECONDS:
                return None
            self._slots[start] = Slot(-1, np.zeros((len(MEASURES), 0), dtype=np.int64))
        return self._slots[start]

    def _credit(self, slot: Slot, stats: LaneStats, rows: Integers, chosen: Integers) -> None:
        step = stats.step
        sampled = chosen[chosen % step == 0]
        for place, row in zip(sampled.tolist(), rows[sampled].tolist(), strict=True):
            slot.credit(row, stats.shippers[place // step], stats.counts[place] * step)

    def _record(self, start: int, slot: Slot) -> SlotRecord:
        rows = np.flatnonzero(slot.sums[COUNT])
        names = list(self.names)
        return SlotRecord(
            start,
            slot.offset,
            [names[row] for row in rows.tolist()],
            np.ascontiguousarray(slot.sums[:, rows]).tobytes(),
            {names[row]: sent for row, sent in slot.shippers.items()},
        )
