"""Past parcels as the table that a worker had of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scorers.assessment.assessor import Assessor
from scorers.features.tables import ManifestTable
from scorers.logged_history import LoggedHistories
from scorers.profiles import Identities
from streams.profiles.reading import Reading
from streams.profiles.visiting import parcels_of
from streams.replay.manifests import PastManifest


def table_of(
    manifests: Sequence[PastManifest],
    histories: Sequence[str],
    assessor: Assessor,
    identities: Identities,
) -> ManifestTable:
    """Return columns of manifests, what they saw, and the assessments of today's reference data.

    Raises `HistoryError` if a history cannot be read.
    """
    table = ManifestTable([one.manifest for one in manifests])
    table.assessments = assessor.assess(table)
    seconds = np.array([int(one.seconds) for one in manifests], dtype=np.int64)
    reading = Reading.at([(*one.source, one.offset) for one in manifests], seconds)
    ids = parcels_of(identities, table, reading).ids
    table.histories = LoggedHistories(histories, [one.source.topic for one in manifests], ids)
    return table
