"""The tower's books, and how they are kept on shelves: as few pieces as have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Protocol

import msgspec

from schemas.alert import Alert
from schemas.codec import (
    decode_held_stats,
    decode_lane_stats,
    decode_ledger_deltas,
    decode_ledger_entry,
    encode,
)
from schemas.held import Ties
from scorers.tower.baseline import BaselineRecord, HourRecord
from scorers.tower.clusters import KEEP_SECONDS, ClusterBook, ties_of
from scorers.tower.dwellbook import Chunk, DwellBook, chunk_of
from scorers.tower.lanebook import LaneBook
from scorers.tower.ledgerbook import LedgerBook
from scorers.tower.quantiles import Sketch
from scorers.tower.slots import SlotRecord
from streams.tower.shelf import Shelf

_pack: Final = msgspec.msgpack.Encoder().encode
_SLOT: Final = b"slot"
_BASELINE: Final = b"baseline"
_HOUR: Final = b"hour"
_DWELL: Final = b"dwell"
_TIES: Final = b"ties"
_sketches: Final = msgspec.msgpack.Decoder(dict[str, Sketch]).decode
_ties: Final = msgspec.msgpack.Decoder(Ties).decode
_RECORDS: Final[dict[bytes, Any]] = {
    _SLOT: msgspec.msgpack.Decoder(SlotRecord),
    _BASELINE: msgspec.msgpack.Decoder(BaselineRecord),
    _HOUR: msgspec.msgpack.Decoder(HourRecord),
}


class Keeper(Protocol):
    """A fold of one topic's records whose state is kept."""

    def take(self, partition: int, offset: int, value: bytes | None) -> Iterable[Alert]:
        """Add a record; raise `RecordError` if it cannot be read."""

    def keep(self) -> None:
        """Put what has changed on the shelf."""

    def reload(self) -> None:
        """Start again from what is on the shelf."""


class LaneKeeper:
    """A book for each partition of `parcels.lane-stats`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.books: dict[int, LaneBook] = {}

    def partitions(self) -> set[int]:
        """Return the partitions that this instance has."""
        return self._shelf.partitions()

    def take(self, partition: int, offset: int, value: bytes | None) -> Iterable[Alert]:
        """Add a record and return what is unusual."""
        return self._book(partition).add(offset, decode_lane_stats(value))

    def keep(self) -> None:
        """Put what has changed on the shelf."""
        for partition, book in self.books.items():
            changes = book.changes()
            self._put(partition, ((_SLOT, one.slot, one) for one in changes.slots))
            self._put(partition, ((_HOUR, one.hour, one) for one in changes.hours))
            if changes.baseline is not None:
                self._put(partition, [(_BASELINE, 0, changes.baseline)])
            for slot in changes.gone:
                self._shelf.drop(partition, _key(partition, _SLOT, slot))

    def reload(self) -> None:
        """Start again from what is on the shelf: the oldest first, the recent state last."""
        self.books.clear()
        load: dict[bytes, Callable[[LaneBook, Any], None]] = {
            _HOUR: lambda book, one: book.baseline.load_hour(one),
            _SLOT: lambda book, one: book.slots.load(one),
            _BASELINE: lambda book, one: book.baseline.load(one),
        }
        for kind in load:
            for partition, value in self._kept(kind):
                load[kind](self._book(partition), _RECORDS[kind].decode(value))
        for book in self.books.values():
            book.resume()

    def _book(self, partition: int) -> LaneBook:
        if partition not in self.books:
            self.books[partition] = LaneBook()
        return self.books[partition]

    def _put(self, partition: int, pieces: Iterable[tuple[bytes, int, msgspec.Struct]]) -> None:
        for kind, number, record in pieces:
            self._shelf.put(partition, _key(partition, kind, number), _pack(record))

    def _kept(self, kind: bytes) -> Iterator[tuple[int, bytes]]:
        for partition, key, value in self._shelf.kept():
            if key.split(b"/")[1] == kind:
                yield partition, value


class LedgerKeeper:
    """A book for each partition of `parcels.ioss-deltas`; its shelf is `parcels.ioss-ledger`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.books: dict[int, LedgerBook] = {}

    def take(self, partition: int, offset: int, value: bytes | None) -> Iterable[Alert]:
        """Add a record; it raises no alerts."""
        self._book(partition).add(offset, decode_ledger_deltas(value))
        return ()

    def keep(self) -> None:
        """Put the entries that have changed on the shelf."""
        for partition, book in self.books.items():
            for entry in book.changes():
                key = f"{entry.ioss}:{entry.month}".encode()
                self._shelf.put(partition, key, encode(entry))

    def reload(self) -> None:
        """Start again from what is on the shelf."""
        self.books.clear()
        for partition, _, value in self._shelf.kept():
            self._book(partition).load(decode_ledger_entry(value))

    def _book(self, partition: int) -> LedgerBook:
        if partition not in self.books:
            self.books[partition] = LedgerBook()
        return self.books[partition]


def entry_version(value: bytes) -> int:
    """Return how far the ledger was when an entry was written."""
    return decode_ledger_entry(value).offset


def _key(partition: int, kind: bytes, number: int) -> bytes:
    return b"%d/%s/%d" % (partition, kind, number)


class HeldKeeper:
    """Durations and clusters of each partition of `parcels.held-stats`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._new: dict[int, list[tuple[int, Ties]]] = {}
        self.dwell: dict[int, DwellBook] = {}
        self.clusters: dict[int, ClusterBook] = {}

    def take(self, partition: int, offset: int, value: bytes | None) -> Iterable[Alert]:
        """Add a record; return bottlenecks and clusters."""
        stats = decode_held_stats(value)
        dwell, clusters = self._books(partition)
        alerts = dwell.add(offset, stats.passages)
        for tie in ties_of(stats.ties):
            alerts += clusters.add(tie)
        clusters.relink()
        if stats.ties.items:
            self._new.setdefault(partition, []).append((offset, stats.ties))
        return alerts

    def keep(self) -> None:
        """Put what has changed on the shelf; ties as they came, since they do not change."""
        for partition, book in self.dwell.items():
            changed, gone = book.changes()
            for chunk, sketches in changed:
                self._shelf.put(partition, _dwell_key(partition, chunk), _pack(sketches))
            for chunk in gone:
                self._shelf.drop(partition, _dwell_key(partition, chunk))
        new, self._new = self._new, {}
        for partition, records in new.items():
            for offset, ties in records:
                self._shelf.put(partition, _key(partition, _TIES, offset), _pack(ties))
        self._drop_old()

    def reload(self) -> None:
        """Start again from what is on the shelf."""
        self.dwell.clear()
        self.clusters.clear()
        self._new.clear()
        kept = []
        for partition, key, value in self._shelf.kept():
            _, kind, rest = key.split(b"/", 2)
            dwell, _ = self._books(partition)
            if kind == _DWELL:
                dwell.load(chunk_of(rest.decode()), _sketches(value))
            else:
                kept.append((partition, int(rest), _ties(value)))
        for partition, _, ties in sorted(kept, key=lambda one: one[:2]):
            for tie in ties_of(ties):
                self.clusters[partition].add(tie)
            self.clusters[partition].relink()

    def _books(self, partition: int) -> tuple[DwellBook, ClusterBook]:
        if partition not in self.dwell:
            self.dwell[partition], self.clusters[partition] = DwellBook(), ClusterBook()
        return self.dwell[partition], self.clusters[partition]

    def _drop_old(self) -> None:
        """Forget ties that no cluster remembers."""
        newest = max((book.newest for book in self.clusters.values()), default=0)
        for partition, key, value in self._shelf.oldest(_TIES):
            if max(_ties(value).held, default=0) >= newest - KEEP_SECONDS:
                return
            self._shelf.drop(partition, key)


def _dwell_key(partition: int, chunk: Chunk) -> bytes:
    return f"{partition}/dwell/{chunk.hour}/{chunk.stage}/{chunk.kind}".encode()
