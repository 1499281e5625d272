"""Peers get the features that are said to be the same."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import numpy as np
import pytest

from bench.speed import peers
from bench.speed.contestants import same_crosses
from bench.speed.recording import recorded_manifests
from schemas.codec import decode_manifest
from scorers.features.declared import DeclaredTable
from scorers.features.extractor import Extractor
from scorers.features.fields import Cross
from scorers.features.spec import FeatureSpec
from scorers.features.tables import ManifestTable
from scorers.specs.parcels import SPEC


@pytest.fixture(scope="module")
def features() -> ModuleType:
    # A contestant's program imports its neighbours by name, not from a package of ours.
    path = Path(peers.__file__).with_name("features.py")
    spec = importlib.util.spec_from_file_location("peer_features", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VALUES = recorded_manifests(200)


def test_toy_features_of_any_manifest_are_ten(features: ModuleType) -> None:
    assert {len(features.toy_features(_read(value))) for value in VALUES} == {10}


def test_same_features_of_parcels_without_words_are_as_many_as_ours(features: ModuleType) -> None:
    # Words are counted apart: what a word is differs a little, and so do repeated ones.
    crosses = [cross for cross in same_crosses() if "word" not in cross]
    peer = features.SameFeatures(crosses)
    single = [value for value in VALUES if len(_read(value)["items"]) == 1]
    ours = _occurrences(crosses, single)
    assert [len(peer(_read(value))) for value in single] == ours


def test_same_features_of_two_parcels_agree_where_ours_agree(features: ModuleType) -> None:
    peer = features.SameFeatures([["shipper", "hs4"]])
    found = [tuple(peer(_read(value))) for value in VALUES]
    table = DeclaredTable([decode_manifest(value) for value in VALUES])
    ours = [
        (shipper, code[:4])
        for shipper, code in zip(
            table.column("consignor.id"), table.column("main.hs_code"), strict=True
        )
    ]
    assert len(set(found)) == len(set(ours))
    assert len(set(zip(found, ours, strict=True))) == len(set(ours))


def _read(value: bytes) -> dict[str, Any]:
    read: dict[str, Any] = msgspec.json.decode(value)
    return read


def _occurrences(crosses: list[list[str]], values: list[bytes]) -> list[int]:
    """Return how many features of ours each parcel has, but for the one that all have."""
    named = {name for cross in crosses for name in cross}
    fields = tuple(field for field in SPEC.fields if field.name in named)
    features = tuple(Cross(tuple(cross)) for cross in crosses)
    extractor = Extractor(FeatureSpec(name="same", fields=fields, features=features))
    batch = extractor.extract(ManifestTable([decode_manifest(value) for value in values]))
    rows = np.concatenate([block.occurrences()[1] for block in batch.blocks])
    counts: list[int] = (np.bincount(rows, minlength=len(values)) - 1).tolist()
    return counts
