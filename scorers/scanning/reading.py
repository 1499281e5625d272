"""Manifests of a batch of records: columns of what keeps the contract, errors of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from schemas.codec import MAX_RECORD_BYTES, RecordError, decode_manifest, encode
from schemas.manifest import Manifest
from scorers.features.declared import Declarations
from scorers.features.taken_apart import TakenApart

try:
    from scorers.scanning import scan as scanner
    from scorers.scanning.declarations import LAYOUT, ScannedManifests
except ModuleNotFoundError:  # The package was built where there is no C compiler.
    scanner = None  # type: ignore[assignment]


class Reading(NamedTuple):
    """Declarations of the records that are manifests, and what is wrong with each of the others.

    Errors are by place among the records.
    """

    declared: Declarations
    errors: dict[int, RecordError]


def read_manifests(raws: Sequence[bytes | None]) -> Reading:
    """Return what a batch of records declares.

    Records are scanned straight into columns. One that is not plain (an unknown field, a rare form
    of a number) is decoded, which may be an error, and scanned as we would write it ourselves.

    >>> from schemas.manifest import EXAMPLE
    >>> reading = read_manifests([EXAMPLE, b"{}"])
    >>> reading.declared.column("item_id"), list(reading.errors)
    (['RR473124829CN'], [1])
    """
    if scanner is None:
        manifests, wrong = _decoded(raws, range(len(raws)))
        return Reading(TakenApart(list(manifests.values())), wrong)
    plain = [raw if raw and len(raw) <= MAX_RECORD_BYTES else b"" for raw in raws]
    scan = scanner.scan(plain, LAYOUT)
    errors: dict[int, RecordError] = {}
    if not scan.plain.all():
        odd, errors = _decoded(raws, np.flatnonzero(~scan.plain).tolist())
        for place, manifest in odd.items():
            plain[place] = encode(manifest)
        kept = [raw for place, raw in enumerate(plain) if place not in errors]
        scan = scanner.scan(kept, LAYOUT)
        if not scan.plain.all():
            return Reading(TakenApart(list(map(decode_manifest, kept))), errors)
    return Reading(ScannedManifests(scan), errors)


def _decoded(
    raws: Sequence[bytes | None], places: Sequence[int]
) -> tuple[dict[int, Manifest], dict[int, RecordError]]:
    """Return the manifests in some records, and what is wrong with the others, by place."""
    manifests: dict[int, Manifest] = {}
    errors: dict[int, RecordError] = {}
    for place in places:
        try:
            manifests[place] = decode_manifest(raws[place])
        except RecordError as error:
            errors[place] = error
    return manifests, errors
