"""Tallies of holds in the store, by which workers keep one budget together."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from scorers.budgets.ledger import Tally
from streams import metrics
from streams.clock import MonotonicClock
from streams.store import PREFIX, STORE_ERRORS, Client

log = logging.getLogger(__name__)

_HOUR: Final = f"{PREFIX}:budget:"
_KEEP_SECONDS: Final = 24 * 3_600
"""After the last word about an hour; a worker that catches up may need it for as long."""

_PATIENCE_SECONDS: Final = 5.0
"""A store that does not answer holds up a batch, so it is left alone for a while."""

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Tally)


class StoreLedger:
    """A ledger in Redis or Valkey: for each hour a hash with a field for each worker.

    `worker` must be new for each run of a worker, such as its instance and the time it started:
    totals begin at nothing, and the field of the run before is still part of the sum.
    """

    def __init__(self, store: Client, worker: str, now: MonotonicClock) -> None:
        self._store = store
        self._worker = worker.encode()
        self._now = now
        self._next_try = now()

    def exchange(self, mine: Mapping[int, Tally]) -> Mapping[int, Sequence[Tally]]:
        """Leave this worker's tallies by hour; return all others', nothing if the store is away."""
        if not mine or self._now() < self._next_try:
            return {}
        pipeline = self._store.pipeline(transaction=False)
        self.ask(pipeline, mine)
        began = self._now()
        try:
            replies = pipeline.execute()
        except STORE_ERRORS as error:
            self._next_try = self._now() + _PATIENCE_SECONDS
            log.warning("store does not answer, budgets go on by what is known: %s", error)
            return {}
        metrics.STORE_SECONDS.labels("budgets").observe(self._now() - began)
        return self.answer(mine, replies)

    def ask(self, pipeline: Any, mine: Mapping[int, Tally]) -> None:
        """Add the commands of an exchange to a pipeline that goes to the store anyhow."""
        for hour, tally in mine.items():
            key = f"{_HOUR}{hour}"
            pipeline.hset(key, self._worker, _encoder.encode(tally))
            pipeline.expire(key, _KEEP_SECONDS)
            pipeline.hgetall(key)

    def answer(self, mine: Iterable[int], replies: Sequence[Any]) -> Mapping[int, Sequence[Tally]]:
        """Return the other workers' tallies from the replies to what `ask` added."""
        found: Sequence[Mapping[bytes, bytes]] = replies[2::3]
        return {
            hour: list(self._others(hour, fields)) for hour, fields in zip(mine, found, strict=True)
        }

    def _others(self, hour: int, fields: Mapping[bytes, bytes]) -> Iterable[Tally]:
        for worker, value in fields.items():
            if worker == self._worker:
                continue
            try:
                yield _decoder.decode(value)
            except msgspec.MsgspecError as error:
                log.warning("budget of hour %d, worker %r: %s", hour, worker, error)
