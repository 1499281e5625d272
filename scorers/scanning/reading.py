"""Manifests of a batch of records: columns of what keeps the contract, errors of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from schemas.codec import RecordError, decode_manifest
from scorers.features.declared import Declarations
from scorers.features.taken_apart import TakenApart
from scorers.scanning.layouts import MANIFEST
from scorers.scanning.plain import read_plain

with suppress(ModuleNotFoundError):  # The package was built where there is no C compiler.
    from scorers.scanning.declarations import ScannedManifests


class Reading(NamedTuple):
    """Declarations of the records that are manifests, and what is wrong with each of the others.

    Errors are by place among the records.
    """

    declared: Declarations
    errors: dict[int, RecordError]


def read_manifests(raws: Sequence[bytes | None]) -> Reading:
    """Return what a batch of records declares.

    >>> from schemas.manifest import EXAMPLE
    >>> reading = read_manifests([EXAMPLE, b"{}"])
    >>> reading.declared.column("item_id"), list(reading.errors)
    (['RR473124829CN'], [1])
    """
    found, errors = read_plain(raws, MANIFEST, decode_manifest)
    if isinstance(found, list):
        return Reading(TakenApart(found), errors)
    return Reading(ScannedManifests(found), errors)
