"""Every record: its example, what it ignores, and what it shows of itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import pytest

from schemas import decision, example, manifest, order, outcome
from schemas.codec import (
    RecordError,
    decode_decision,
    decode_example,
    decode_manifest,
    decode_order,
    decode_outcome,
    encode,
)
from schemas.decision import Decision
from schemas.example import LabelledExample
from schemas.manifest import Manifest
from schemas.order import PlatformOrder
from schemas.outcome import InspectionOutcome
from tests.factories import manifest_json


class Contract(NamedTuple):
    """A record type with its decoder and its published example."""

    record: type
    decode: Callable[[bytes | None], Any]
    example: bytes


CONTRACTS = [
    Contract(Manifest, decode_manifest, manifest.EXAMPLE),
    Contract(Decision, decode_decision, decision.EXAMPLE),
    Contract(InspectionOutcome, decode_outcome, outcome.EXAMPLE),
    Contract(LabelledExample, decode_example, example.EXAMPLE),
    Contract(PlatformOrder, decode_order, order.EXAMPLE),
]

every_record = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.record.__name__)


@every_record
def test_decode_the_published_example_returns_the_record(contract: Contract) -> None:
    assert type(contract.decode(contract.example)) is contract.record


@every_record
def test_decode_the_published_example_holds_every_published_value(contract: Contract) -> None:
    assert _holds(contract.decode(contract.example), json.loads(contract.example))


@every_record
def test_encode_a_decoded_record_loses_nothing(contract: Contract) -> None:
    record = contract.decode(contract.example)
    assert contract.decode(encode(record)) == record


@every_record
def test_decode_with_an_unknown_field_ignores_it(contract: Contract) -> None:
    later = {**json.loads(contract.example), "added_in_version_1_1": {"nested": [1, None]}}
    assert contract.decode(json.dumps(later).encode()) == contract.decode(contract.example)


@every_record
def test_decode_another_schema_version_is_refused_with_both_versions(contract: Contract) -> None:
    later = {**json.loads(contract.example), "schema_version": 2}
    with pytest.raises(RecordError) as caught:
        contract.decode(json.dumps(later).encode())
    assert str(caught.value) == "Expected schema_version 1, got 2 - at `$.schema_version`"


@every_record
def test_decode_another_version_with_other_fields_names_the_version_first(
    contract: Contract,
) -> None:
    with pytest.raises(RecordError, match=r"^Expected schema_version 1, got 7 - at"):
        contract.decode(b'{"schema_version": 7, "everything": "else"}')


@every_record
def test_decode_without_a_required_field_names_it(contract: Contract) -> None:
    published = json.loads(contract.example)
    for name in published.keys() - _optional(contract):
        without = {key: value for key, value in published.items() if key != name}
        with pytest.raises(RecordError) as caught:
            contract.decode(json.dumps(without).encode())
        assert str(caught.value) == f"Expected field `{name}`, got none - at `$`"


@every_record
def test_decode_with_the_required_fields_alone_is_accepted(contract: Contract) -> None:
    published = json.loads(contract.example)
    least = {key: value for key, value in published.items() if key not in _optional(contract)}
    assert contract.decode(json.dumps(least).encode()) is not None


@every_record
def test_change_a_decoded_record_is_refused(contract: Contract) -> None:
    record = contract.decode(contract.example)
    with pytest.raises(AttributeError):
        record.schema_version = 2


def test_decode_an_unknown_field_of_an_item_ignores_it() -> None:
    tree = json.loads(manifest.EXAMPLE)
    tree["items"][0]["colour"] = "red"
    assert decode_manifest(json.dumps(tree).encode()) == decode_manifest(manifest.EXAMPLE)


def test_decode_duplicate_keys_keeps_the_last() -> None:
    twice = manifest.EXAMPLE.replace(
        b'"manifest_id": "m-1"', b'"manifest_id": "first", "manifest_id": "last"'
    )
    assert decode_manifest(twice).manifest_id == "last"


def test_decode_a_duplicate_key_whose_first_value_is_invalid_is_refused() -> None:
    twice = manifest.EXAMPLE.replace(
        b'"manifest_id": "m-1"', b'"manifest_id": 5, "manifest_id": "last"'
    )
    with pytest.raises(RecordError, match="Expected `str`, got `int`"):
        decode_manifest(twice)


def test_repr_of_a_manifest_and_its_parties_shows_ids_only() -> None:
    record = decode_manifest(manifest.EXAMPLE)
    shown = f"{record!r} {record} {[record]} {record.consignee!r} {record.consignor}"
    assert "m-1" in shown
    assert "c-1" in shown
    for secret in ("A. Muster", "Hauptstr", "10115", "Bright", "Harbour", "518000"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("decode", "base"),
    [(decode_decision, decision.EXAMPLE), (decode_example, example.EXAMPLE)],
    ids=["decision", "example"],
)
def test_repr_of_a_record_with_features_hides_them(
    decode: Callable[[bytes], Any], base: bytes
) -> None:
    features = {"consignee.street": "Hauptstr. 1", "items": 1, "signals": []}
    record = decode(json.dumps({**json.loads(base), "features": features}).encode())
    assert record.features == features
    assert "Hauptstr" not in f"{record!r} {record}"
    assert record.decision_id in repr(record)


def test_encode_a_decision_without_features_leaves_the_optional_fields_out() -> None:
    encoded = json.loads(encode(decode_decision(decision.EXAMPLE)))
    assert not {"features", "degraded", "controls"} & encoded.keys()


def test_decode_an_instant_keeps_its_offset_meaning() -> None:
    east = decode_manifest(manifest_json(submitted_at="2026-11-01T09:00:00+01:00"))
    utc = decode_manifest(manifest_json(submitted_at="2026-11-01T08:00:00Z"))
    assert east.submitted_at == utc.submitted_at


def _optional(contract: Contract) -> set[str]:
    fields, defaults = contract.record.__struct_fields__, contract.record.__struct_defaults__
    return set(fields[len(fields) - len(defaults) :])


def _holds(record: Any, published: Any) -> bool:
    """Tell whether every value of `published` stands at the same place in `record`."""
    if isinstance(published, list):
        return len(record) == len(published) and all(map(_holds, record, published))
    if not isinstance(published, dict):
        return bool(record == published) or record == datetime.fromisoformat(published)
    read = record.__getitem__ if isinstance(record, dict) else partial(getattr, record)
    return all(_holds(read(name), value) for name, value in published.items())
