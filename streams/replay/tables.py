"""Past parcels as the table that a worker had of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from schemas.manifest import Manifest
from scorers.assessment.assessor import Assessor
from scorers.features.declared import Declarations
from scorers.features.tables import ManifestTable
from scorers.logged_history import LoggedHistories
from scorers.profiles import Identities
from streams.profiles.reading import Reading
from streams.profiles.visiting import parcels_of
from streams.replay.manifests import PastManifest


def table_of(
    declared: Declarations | Sequence[Manifest],
    reading: Reading,
    histories: Sequence[str],
    assessor: Assessor,
    identities: Identities,
) -> ManifestTable:
    """Return columns of manifests, what they saw, and the assessments of today's reference data.

    Raises `HistoryError` if a history cannot be read.
    """
    table = ManifestTable(declared)
    table.assessments = assessor.assess(table)
    ids = parcels_of(identities, table, reading).ids
    topics = [reading.sources[owner].topic for owner in reading.owners.tolist()]
    table.histories = LoggedHistories(histories, topics, ids, identities.rotations)
    return table


def table_of_past(
    manifests: Sequence[PastManifest],
    histories: Sequence[str],
    assessor: Assessor,
    identities: Identities,
) -> ManifestTable:
    """Return the same of manifests from here and there."""
    seconds = np.array([int(one.seconds) for one in manifests], dtype=np.int64)
    places = [(*one.source, one.offset) for one in manifests]
    reading = Reading.at(places, seconds)
    return table_of([x.manifest for x in manifests], reading, histories, assessor, identities)
