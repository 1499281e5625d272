"""The tower's books, and how they are kept on shelves: as few pieces as have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Protocol

import msgspec

from schemas.alert import Alert
from schemas.codec import decode_lane_stats, decode_ledger_deltas, decode_ledger_entry, encode
from scorers.tower.baseline import BaselineRecord, HourRecord
from scorers.tower.lanebook import LaneBook
from scorers.tower.ledgerbook import LedgerBook
from scorers.tower.slots import SlotRecord
from streams.tower.shelf import Shelf

_pack: Final = msgspec.msgpack.Encoder().encode
_SLOT: Final = b"slot"
_BASELINE: Final = b"baseline"
_HOUR: Final = b"hour"
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


def _key(partition: int, kind: bytes, number: int) -> bytes:
    return b"%d/%s/%d" % (partition, kind, number)
