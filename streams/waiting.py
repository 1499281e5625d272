"""Holds that wait for their outcome, and outcomes that came before their hold, in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from streams.store import PREFIX, Client

_HOLD: Final = f"{PREFIX}:hold:"
_OUTCOME: Final = f"{PREFIX}:outcome:"
_CLAIM: Final = f"{PREFIX}:label:"


class Arrival(NamedTuple):
    """A hold or an outcome that was read: which decision it is about, and where it was read."""

    is_hold: bool
    decision_id: str
    read_at: str
    value: bytes


class Match(NamedTuple):
    """A hold with its outcome, brought together by the arrival of one of them."""

    arrival: Arrival
    hold: bytes
    outcome: bytes


class WaitingRoom:
    """Brings holds and outcomes together, each decision's label once.

    The first arrival that completes a pair claims it with its own coordinates. A batch that is
    read again finds its own claim and makes the same match; any other outcome for that decision
    finds a foreign claim and makes none.
    """

    def __init__(self, store: Client, keep_seconds: int) -> None:
        self._store = store
        self._keep = keep_seconds

    def meet(self, arrivals: Sequence[Arrival]) -> list[Match]:
        """Return the pairs that `arrivals` complete, in their order."""
        found = self._remember(arrivals)
        complete = [
            Match(arrival, arrival.value, other)
            if arrival.is_hold
            else Match(arrival, other, arrival.value)
            for arrival, other in zip(arrivals, found, strict=True)
            if other is not None
        ]
        return self._claim(complete)

    def forget(self, decision_ids: Iterable[str]) -> None:
        """Drop what waited for these decisions; their claims stay, to know a repeat by."""
        keys = [prefix + decision for decision in decision_ids for prefix in (_HOLD, _OUTCOME)]
        if keys:
            self._store.unlink(*keys)

    def _remember(self, arrivals: Sequence[Arrival]) -> list[bytes | None]:
        """Store each arrival, and return what was waiting for it, in one round trip."""
        pipeline = self._store.pipeline(transaction=False)
        for arrival in arrivals:
            mine, other = (_HOLD, _OUTCOME) if arrival.is_hold else (_OUTCOME, _HOLD)
            # The first outcome counts until another one is meant to correct it.
            pipeline.set(mine + arrival.decision_id, arrival.value, ex=self._keep, nx=True)
            pipeline.get(other + arrival.decision_id)
        return pipeline.execute()[1::2]

    def _claim(self, matches: list[Match]) -> list[Match]:
        if not matches:
            return []
        pipeline = self._store.pipeline(transaction=False)
        for match in matches:
            key = _CLAIM + match.arrival.decision_id
            pipeline.set(key, match.arrival.read_at, ex=self._keep, nx=True)
            pipeline.get(key)
        owners = pipeline.execute()[1::2]
        return [
            match
            for match, owner in zip(matches, owners, strict=True)
            if owner == match.arrival.read_at.encode()
        ]
