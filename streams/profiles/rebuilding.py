"""Profiles made anew from the logs: manifests, orders and outcomes."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from typing import Final

from scorers.assessment.assessor import Assessor
from scorers.profiles import ProfileError, ProfileStore, Source
from streams.kafka.clients import admin_client
from streams.kafka.reaching import require_broker
from streams.profiles.applying import Applier
from streams.profiles.contents import erase, holds_profiles
from streams.profiles.groups import members_of
from streams.profiles.opening import configuration_of, identities_of, profile_store
from streams.profiles.slicing import Extent, slices
from streams.profiles.stretches import Stretch, StretchReader
from streams.settings import Settings
from streams.store import connect

log = logging.getLogger(__name__)

_DAY: Final = 86_400
_GENERATIONS: Final = 2
"""An entity is remembered for less than two generations: what is older goes in one slice."""


class RebuildError(ProfileError):
    """Profiles cannot be rebuilt as things are; the text is one line."""


def require_stopped(settings: Settings) -> None:
    """Raise `RebuildError` if workers or the learner run."""
    require_broker(settings.kafka)
    groups = [settings.worker.group, settings.learner.group]
    running = members_of(admin_client(settings.kafka), groups)
    if running:
        found = ", ".join(f"{count} of {group}" for group, count in running.items())
        raise RebuildError(
            f"Profiles: expected workers and learner to be stopped, got {found} running "
            "(a killed one counts until its session times out)"
        )


def prepare(settings: Settings, *, replace: bool) -> None:
    """Make sure that nobody else writes profiles, and that there are none.

    Raises `RebuildError` if workers or the learner run, or if there are profiles that `replace`
    does not allow to drop.
    """
    require_stopped(settings)
    client, namespace = connect(settings.store), configuration_of(settings).namespace
    if holds_profiles(client, namespace) and not replace:
        raise RebuildError(
            "Profiles: expected an empty store, got one with profiles; --replace drops them"
        )
    erase(client, namespace)


class Rebuilder:
    """Applies the logs to an empty store, up to what the workers' group has committed.

    Partitions are applied a day of all of them after the other, since entities are forgotten by
    the newest event's time. All sources begin before anything is applied: should the rebuild be
    cut off, workers catch up with the rest.
    """

    def __init__(self, settings: Settings, store: ProfileStore, applier: Applier) -> None:
        self._settings = settings
        self._store = store
        self._applier = applier
        self._training = Source(settings.topics.training, 0)
        self._apply: dict[str, Callable[[Stretch], int]] = {
            settings.topics.orders: applier.orders,
            settings.topics.manifests: applier.manifests,
            settings.topics.training: self._count_outcomes,
        }

    def run(self, now: datetime) -> Counter[str]:
        """Rebuild; return the number of records applied, by topic."""
        applied: Counter[str] = Counter()
        self._store.open()
        with closing(StretchReader(self._settings.kafka, self._settings.worker.group)) as reader:
            extents = self._extents(reader)
            self._begin(extents)
            for part in slices(reader, extents, self._times(now)):
                for source, extent in part.items():
                    for stretch in reader.read(source, extent.start, extent.end):
                        applied[source.topic] += self._apply[source.topic](stretch)
                log.info("applied so far: %s", dict(applied))
        return applied

    def _extents(self, reader: StretchReader) -> dict[Source, Extent]:
        """Return what to apply: first orders, then manifests, then outcomes."""
        topics = self._settings.topics
        sources = [*reader.partitions(topics.orders), *reader.partitions(topics.manifests)]
        ends = reader.committed(sources)
        extents = {
            source: Extent(min(reader.bounds(source)[0], ends[source]), ends[source])
            for source in sources
            if source in ends
        }
        extents[self._training] = Extent(*reader.bounds(self._training))
        return extents

    def _begin(self, extents: Mapping[Source, Extent]) -> None:
        for source, extent in extents.items():
            if source == self._training:
                self._store.resume_outcomes(source, extent.start, begin=True)
            else:
                self._store.resume(source, extent.start, begin=True)

    def _times(self, now: datetime) -> list[float]:
        """Return the ends of the slices (Unix seconds), back to where nothing is left."""
        profiles = self._settings.profiles
        days = _GENERATIONS * max(profiles.days, profiles.order_days)
        return [now.timestamp() - day * _DAY for day in range(days, 0, -1)]

    def _count_outcomes(self, stretch: Stretch) -> int:
        unit = self._applier.outcomes(stretch)
        self._store.count_outcomes(unit)
        return len(unit.offsets)


def rebuild(
    settings: Settings, assessor: Assessor, now: datetime, *, replace: bool
) -> Counter[str]:
    """Make the profiles anew; return the number of records applied, by topic.

    Raises `RebuildError`, and `RecordsGoneError` if the logs are not those that were committed.
    """
    if settings.profiles.mode == "off":
        raise RebuildError("profiles.mode: expected on, got off: there is nothing to rebuild")
    prepare(settings, replace=replace)
    store = profile_store(settings)
    applier = Applier(store, identities_of(settings), assessor)
    return Rebuilder(settings, store, applier).run(now)
