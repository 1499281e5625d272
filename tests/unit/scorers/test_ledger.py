"""The ledger's deltas against the assessments of the same parcels, one by one, in decimals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import numpy as np

from schemas.ledger import LedgerDeltas
from schemas.manifest import Manifest
from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.features.tables import ManifestTable
from scorers.ledger import LedgerTally, ledger_key
from tests.factories import make_manifests

REFERENCE = load_reference(None)
ASSESSOR = Assessor(REFERENCE)
MEMBERS = {one.code for one in REFERENCE.territories if one.member_of == "EU"}

Sums = dict[tuple[str, str, str], list[Decimal]]


def assessed(manifests: list[Manifest]) -> ManifestTable:
    """Return a table with assessments."""
    table = ManifestTable(manifests)
    table.assessments = ASSESSOR.assess(table)
    return table


def tallied(table: ManifestTable) -> dict[str, LedgerDeltas]:
    """Return what a tally makes of a batch, by key."""
    return dict(LedgerTally(REFERENCE).of(table))


def sums_of(records: dict[str, LedgerDeltas]) -> Sums:
    """Return parcels, value and VAT by number, month and destination."""
    return {
        (one.numbers[i], one.months[i], one.destinations[i]): [
            Decimal(one.parcels[i]),
            Decimal(one.values[i]) / 100,
            Decimal(one.vats[i]) / 100,
        ]
        for one in records.values()
        for i in range(len(one.numbers))
        if one.parcels[i]
    }


def expected_sums(manifests: list[Manifest], table: ManifestTable) -> Sums:
    """Return the same, added up from the records that decisions carry."""
    assert table.assessments is not None
    sums: Sums = defaultdict(lambda: [Decimal(0)] * 3)
    for manifest, owed in zip(manifests, table.assessments.records(), strict=True):
        if not manifest.ioss or manifest.destination_country not in MEMBERS:
            continue
        if owed.above_limit or owed.value is None or owed.vat is None:
            continue
        month = manifest.submitted_at.astimezone(UTC).strftime("%Y-%m")
        key = (manifest.ioss, month, manifest.destination_country)
        more = [Decimal(1), Decimal(str(owed.value)), Decimal(str(owed.vat))]
        sums[key] = [one + other for one, other in zip(sums[key], more, strict=True)]
    return dict(sums)


def test_tally_of_a_batch_equals_the_assessments_of_its_decisions_to_the_cent() -> None:
    manifests = make_manifests(400, seed=5)
    table = assessed(manifests)
    expected = expected_sums(manifests, table)
    assert len(expected) > 4
    assert sums_of(tallied(table)) == expected


def test_tally_of_two_months_counts_each_by_its_declaration_in_utc() -> None:
    manifest = next(one for one in make_manifests(50, seed=5) if one.ioss)
    last = msgspec.structs.replace(
        manifest, submitted_at=datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    )
    first = msgspec.structs.replace(manifest, submitted_at=datetime(2026, 12, 1, tzinfo=UTC))
    (record,) = tallied(assessed([last, first])).values()
    assert record.months == ["2026-11", "2026-12"]


def test_tally_of_parcels_above_the_limit_or_outside_the_union_counts_them_as_excluded() -> None:
    manifest = next(one for one in make_manifests(50, seed=5) if one.ioss)
    dear = msgspec.structs.replace(manifest, total_value=900.0, currency="EUR")
    away = msgspec.structs.replace(manifest, destination_country="GB", total_value=1.0)
    (record,) = tallied(assessed([dear, away])).values()
    assert sum(record.excluded) == 2
    assert sum(record.parcels) == sum(record.values) == sum(record.vats) == 0


def test_tally_of_parcels_without_a_number_is_empty() -> None:
    manifest = msgspec.structs.replace(make_manifests(1, seed=5)[0], ioss="")
    assert tallied(assessed([manifest])) == {}


def test_records_stand_under_the_keys_of_their_numbers() -> None:
    for key, record in tallied(assessed(make_manifests(200, seed=5))).items():
        assert {ledger_key(number) for number in record.numbers} == {key}


def test_tally_of_unassessed_parcels_counts_them_as_excluded() -> None:
    manifests = [one for one in make_manifests(50, seed=5) if one.ioss]
    table = assessed(manifests)
    assert table.assessments is not None
    charges = replace(table.assessments.charges, vat=np.full(len(manifests), np.nan))
    table.assessments = replace(table.assessments, charges=charges)
    assert sums_of(tallied(table)) == {}
    assert sum(sum(one.excluded) for one in tallied(table).values()) == len(manifests)
