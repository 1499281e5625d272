"""Parcels made for the scale bench have what they are said to have."""

from __future__ import annotations

from bench.scale.parcels import all_entities, consignees, with_entities, with_items
from bench.speed.recording import recorded_manifests
from schemas.codec import decode_manifest

VALUES = recorded_manifests(100)


def test_vary_items_gives_every_parcel_so_many_whose_values_add_up() -> None:
    for value in with_items(VALUES, 7):
        manifest = decode_manifest(value)
        assert len(manifest.items) == 7
        assert abs(manifest.total_value - sum(item.value for item in manifest.items)) < 0.01


def test_vary_entities_draws_consignees_from_those_that_were_filled_in() -> None:
    filled = {_consignee(one) for one in all_entities(VALUES[0], 50, 0, consignees(50))}
    assert len(filled) == consignees(50)
    assert {_consignee(one) for one in with_entities(VALUES, 50)} <= filled


def _consignee(value: bytes) -> str:
    return decode_manifest(value).consignee.id
