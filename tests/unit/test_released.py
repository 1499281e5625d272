"""What former versions wrote is read today, and what the next one may add does not matter.

`tests/released` has records that processes of each version wrote, and a snapshot; files are added
with a version, and never changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from schemas.catalogue import RECORDS
from schemas.codec import Codec, RecordError
from scorers.model.snapshot import SnapshotError, load_for_scoring, load_snapshot, read_header
from scorers.scanning.reading import read_manifests

RELEASED = Path(__file__).parents[1] / "released"
SNAPSHOT = RELEASED / "snapshot-4.safetensors"
WEIGHTS = 3.6676812171936035
"""The sum of the weights, as they were when the snapshot was made."""


def written(name: str) -> list[bytes]:
    """Return the records of a type that the version before wrote."""
    return (RELEASED / f"{name}-{RECORDS[name].version}.ndjson").read_bytes().splitlines()


def with_more(value: Any) -> Any:
    """Return a record as the next version may write it: with fields that nobody knows yet."""
    if isinstance(value, dict):
        grown = {key: with_more(one) for key, one in value.items()}
        return {"a_new_field": {"of": [1, "kind", None]}, **grown, "another_new_one": 1.5}
    return [with_more(one) for one in value] if isinstance(value, list) else value


def of_next_version(name: str, raw: bytes) -> bytes:
    """Return a record with new fields wherever its own type allows any."""
    record = msgspec.json.decode(raw)
    grown = with_more(record)
    for free in ("features", "details", "attributes"):  # what is in these is no field, but data
        if free in record:
            grown[free] = record[free]
    return msgspec.json.encode(grown)


@pytest.mark.parametrize("name", RECORDS)
def test_record_of_the_former_version_is_read(name: str) -> None:
    codec = Codec(RECORDS[name].record, RECORDS[name].version)
    assert all(codec.decode(raw) for raw in written(name))
    assert written(name)


@pytest.mark.parametrize("name", RECORDS)
def test_record_with_fields_of_the_next_version_is_read_as_without(name: str) -> None:
    codec = Codec(RECORDS[name].record, RECORDS[name].version)
    for raw in written(name):
        assert codec.decode(of_next_version(name, raw)) == codec.decode(raw)


@pytest.mark.parametrize("name", RECORDS)
def test_record_of_a_version_that_breaks_with_this_one_is_refused_by_its_number(name: str) -> None:
    codec = Codec(RECORDS[name].record, RECORDS[name].version)
    ours = RECORDS[name].version
    raw = msgspec.json.encode({**msgspec.json.decode(written(name)[0]), "schema_version": ours + 1})
    with pytest.raises(RecordError, match=f"Expected schema_version {ours}, got {ours + 1}"):
        codec.decode(raw)


def test_worker_reads_manifests_of_the_next_version_as_those_of_the_former() -> None:
    raws = written("manifest")
    former = read_manifests(raws)
    following = read_manifests([of_next_version("manifest", raw) for raw in raws])
    assert not former.errors
    assert not following.errors
    for path in ("item_id", "consignee.id", "items.hs_code", "items.description"):
        assert list(former.declared.column(path)) == list(following.declared.column(path))
    for path in ("total_value", "gross_weight_kg", "items.value"):
        assert np.array_equal(former.declared.numbers(path), following.declared.numbers(path))


def test_snapshot_of_the_former_version_is_loaded_as_it_was() -> None:
    data = SNAPSHOT.read_bytes()
    model, header = load_snapshot(data, read_header(data).spec_version)
    assert (model.labels, header.next_offset) == (12, 17)
    assert float(model.weights.sum()) == pytest.approx(WEIGHTS, rel=1e-6)
    assert model.evidence.violations.any()
    scoring = load_for_scoring(data, header.spec_version)
    assert np.array_equal(scoring.weights, model.weights)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ((b'\\"format\\":4', b'\\"format\\":3'), "Expected a snapshot of format 4, got 3"),
        ((b'\\"format\\":4', b'\\"format\\":5'), "Expected a snapshot of format 4, got 5"),
    ],
)
def test_snapshot_of_another_format_is_refused_in_one_line(
    change: tuple[bytes, bytes], problem: str
) -> None:
    data = SNAPSHOT.read_bytes()
    assert change[0] in data
    with pytest.raises(SnapshotError, match=problem) as raised:
        read_header(data.replace(*change))
    assert "\n" not in str(raised.value)
