"""What is remembered of the sources of labels over restarts, and what is said of bursts."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Final

import msgspec

from streams.announcing import Announcer
from streams.clock import MonotonicClock
from streams.guarding import GuardLimits, GuardState, LabelGuard
from streams.settings import LearnerSettings
from streams.store import PREFIX, STORE_ERRORS, Client

log = logging.getLogger(__name__)

_KEY: Final = f"{PREFIX}:label-sources"
_EVERY_SECONDS: Final = 5.0
_QUIET_SECONDS: Final = 3_600.0
"""A source whose labels are in quarantine is told of once in this time."""


class LabelSources:
    """A guard whose state is in the store.

    It is saved now and then: after a crash the last seconds count for nothing, which moves a
    weight a little. What was learnt stands in the training log, with the weight that it had.
    """

    def __init__(
        self, store: Client, limits: GuardLimits, announcer: Announcer, now: MonotonicClock
    ) -> None:
        self._store = store
        self._announcer = announcer
        self._now = now
        self._next_save = now() + _EVERY_SECONDS
        self._told: dict[str, float] = {}
        self.guard = LabelGuard(limits, self._load())

    def quarantined(self, sources: Counter[str]) -> None:
        """Note how many labels of whom were put into quarantine, and save what is due."""
        for source, number in sources.items():
            if self._now() >= self._told.get(source, -_QUIET_SECONDS) + _QUIET_SECONDS:
                self._told[source] = self._now()
                record = self.guard.state.sources[source]
                text = f"more labels than usual; {number:,} and more are not learnt until confirmed"
                details = {"source": source, "usual_per_hour": round(record.usual(), 1)}
                place = str(record.last)
                self._announcer.announce("labels-quarantined", source, text, place, details)
        if self._now() >= self._next_save:
            self.save()

    def save(self) -> None:
        """Save the state; a store that is away gets it later."""
        self._next_save = self._now() + _EVERY_SECONDS
        try:
            self._store.set(_KEY, msgspec.json.encode(self.guard.state))
        except STORE_ERRORS as error:
            log.warning("store does not answer, sources of labels are saved later: %s", error)

    def _load(self) -> GuardState | None:
        raw = self._store.get(_KEY)
        try:
            return msgspec.json.decode(raw, type=GuardState) if isinstance(raw, bytes) else None
        except msgspec.DecodeError as error:
            log.warning("what is known of label sources is damaged, and forgotten: %s", error)
            return None


def limits_of(settings: LearnerSettings) -> GuardLimits:
    """Return the bounds that settings describe."""
    return GuardLimits(
        settings.source_share,
        settings.source_window,
        settings.burst_labels,
        settings.burst_factor,
    )
