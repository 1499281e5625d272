"""Where each held parcel has got to: the moments of its stages, in the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from streams.store import PREFIX, Client

_KEY: Final = f"{PREFIX}:passages:"
_BLOCK: Final = 16_384
"""Offsets that share a hash; a few hundred of them are holds."""

_pack: Final = msgspec.msgpack.Encoder().encode


class Passage(msgspec.Struct, array_like=True, omit_defaults=True):
    """Stages of one held parcel. A stage has its moment, in Unix seconds, and the coordinates of
    the record that told it first: when that record is read again it tells the same again, and any
    other one tells nothing."""

    submitted: float = 0.0
    office: str = ""
    carrier: str = ""
    lane: str = ""
    stages: dict[str, tuple[float, str]] = {}


_unpack: Final = msgspec.msgpack.Decoder(Passage).decode


class Passages:
    """Passages by decision id: those of neighbours in the log share a hash of the store, so that a
    batch is a command or two for each partition. A hash is kept for so long after its last change.
    """

    def __init__(self, store: Client, keep_seconds: int) -> None:
        self._store = store
        self._keep = keep_seconds

    def load(self, decision_ids: Sequence[str]) -> dict[str, Passage]:
        """Return what is known, an empty passage for a parcel that is new."""
        hashes = _by_hash(decision_ids)
        pipeline = self._store.pipeline(transaction=False)
        for name, fields in hashes.items():
            pipeline.hmget(name, fields)
        found: dict[str, Passage] = {}
        for fields, values in zip(hashes.values(), pipeline.execute(), strict=True):
            for one, value in zip(fields, values, strict=True):
                found[one] = Passage(stages={}) if value is None else _unpack(value)
        return found

    def save(self, passages: Mapping[str, Passage]) -> None:
        """Remember passages."""
        pipeline = self._store.pipeline(transaction=False)
        for name, fields in _by_hash(passages).items():
            pipeline.hset(name, mapping={one: _pack(passages[one]) for one in fields})
            pipeline.expire(name, self._keep)
        pipeline.execute()


def _by_hash(decision_ids: Iterable[str]) -> dict[str, list[str]]:
    blocks: dict[tuple[str, int], list[str]] = {}
    for one in decision_ids:
        source, _, offset = one.rpartition(":")
        block = int(offset) // _BLOCK if offset.isdecimal() else 0
        blocks.setdefault((source, block), []).append(one)
    return {f"{_KEY}{source}:{block}": ids for (source, block), ids in blocks.items()}
