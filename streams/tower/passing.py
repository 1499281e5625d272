"""Where each held parcel has got to: the moments of its stages, in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from redis import Redis

from streams.store import PREFIX

_KEY: Final = f"{PREFIX}:passage:"
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
    """Passages by decision id."""

    def __init__(self, store: Redis, keep_seconds: int) -> None:
        self._store = store
        self._keep = keep_seconds

    def load(self, decision_ids: Sequence[str]) -> dict[str, Passage]:
        """Return what is known, an empty passage for a parcel that is new."""
        if not decision_ids:
            return {}
        values: list[Any] = self._store.mget([_KEY + one for one in decision_ids])
        return {
            one: Passage() if value is None else _unpack(value)
            for one, value in zip(decision_ids, values, strict=True)
        }

    def save(self, passages: Mapping[str, Passage]) -> None:
        """Remember passages."""
        pipeline = self._store.pipeline(transaction=False)
        for decision_id, passage in passages.items():
            pipeline.set(_KEY + decision_id, _pack(passage), ex=self._keep)
        pipeline.execute()
