"""Holds that wait for their outcome, outcomes that came first, and labels so far, in the store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Final, cast

import msgspec

from streams.cases import Case
from streams.kafka.transactions import TransactionFatalError
from streams.store import PREFIX, Client

log = logging.getLogger(__name__)

_TAG: Final = "{cases}"
"""All keys are in one slot of a cluster: they are read and written together."""

_CASE: Final = f"{PREFIX}:{_TAG}:case:"
_HOLD: Final = f"{PREFIX}:{_TAG}:hold:"
_EPOCH: Final = f"{PREFIX}:{_TAG}:epoch"

IsCommitted = Callable[[str], bool]
"""Tells whether what was read at a place is before what its partition's reader has committed."""

_PUT: Final = """
local epoch = redis.call('GET', KEYS[1])
if epoch and epoch ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
for n = 2, #KEYS do redis.call('SET', KEYS[n], ARGV[n + 1], 'EX', ARGV[2]) end
return 1
"""

_decode = msgspec.msgpack.Decoder(Case).decode
_encode = msgspec.msgpack.Encoder().encode
_NOTHING: Final = _encode(Case())
_SEPARATOR: Final = b" "


class WaitingRoom:
    """Cases by decision id, which go away by themselves.

    What a batch adds is stored before it is committed. A batch that is read again must not see
    that, so whatever was read at or after the committed positions is left out. A new room takes
    the cases over: what an earlier one that is still at work stores is refused.
    """

    def __init__(self, store: Client, keep_seconds: int, is_committed: IsCommitted) -> None:
        self._store = store
        self._keep = keep_seconds
        self._is_committed = is_committed
        self._epoch = int(store.incr(_EPOCH))
        self._stored: dict[str, bytes] = {}

    def cases(self, decision_ids: Iterable[str]) -> dict[str, Case]:
        """Return what is known of decisions, in one round trip."""
        ids = list(dict.fromkeys(decision_ids))
        keys = [*(_CASE + one for one in ids), *(_HOLD + one for one in ids)]
        raws = cast("list[bytes | None]", self._store.mget(keys)) if ids else []
        self._stored = {key: raw for key, raw in zip(keys, raws, strict=True) if raw is not None}
        return {one: self._known(one) for one in ids}

    def keep(self, cases: Mapping[str, Case]) -> None:
        """Store what has changed in cases since they were read, in one round trip.

        Raises `TransactionFatalError` if another learner has taken over.
        """
        values: dict[str, bytes] = {}
        for one, case in cases.items():
            values[_CASE + one] = _without_hold(case)
            for read_at, hold in case.holds.items():
                values[_HOLD + one] = read_at.encode() + _SEPARATOR + hold
        known = {_CASE + one: _NOTHING for one in cases} | self._stored
        self._write({key: value for key, value in values.items() if known.get(key) != value})

    def forget(self, cases: Mapping[str, Case]) -> None:
        """Drop holds and outcomes of cases that have their label, by which repeats are known."""
        waited = {one: case for one, case in cases.items() if case.waiting}
        self._write(
            {_CASE + one: _encode(Case(labels=case.labels)) for one, case in waited.items()}
        )
        if cases:
            self._store.unlink(*(_HOLD + one for one in cases))

    def _write(self, values: Mapping[str, bytes]) -> None:
        if not values:
            return
        keys = [_EPOCH, *values]
        bounds = self._epoch, self._keep
        if not self._store.eval(_PUT, len(keys), *keys, *bounds, *values.values()):
            raise TransactionFatalError("another learner has taken over; this one leaves")

    def _known(self, decision_id: str) -> Case:
        """Return a case as of the last commit."""
        is_committed = self._is_committed
        case = self._decoded(decision_id)
        read_at, _, hold = self._stored.get(_HOLD + decision_id, b"").partition(_SEPARATOR)
        place = read_at.decode()
        return Case(
            holds={place: hold} if hold and is_committed(place) else {},
            waiting={place: one for place, one in case.waiting.items() if is_committed(place)},
            labels={place: label for place, label in case.labels.items() if is_committed(place)},
        )

    def _decoded(self, decision_id: str) -> Case:
        try:
            return _decode(self._stored.get(_CASE + decision_id, _NOTHING))
        except msgspec.DecodeError as error:
            log.warning("%s: its case is damaged, and forgotten: %s", decision_id, error)
            return Case()


def _without_hold(case: Case) -> bytes:
    return _encode(Case(waiting=case.waiting, labels=case.labels))
