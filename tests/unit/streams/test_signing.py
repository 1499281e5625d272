"""Records of the registry: a changed byte is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.model.ftrl import FTRLSettings
from scorers.model.snapshot import SnapshotError
from streams.registry.records import Choice, Snapshot
from streams.registry.signing import Signer
from tests.factories import PROPERTY

SNAPSHOT = Snapshot(
    version="main-64-0a1b2c3d",
    lineage="main",
    key="greenlane:model:s:data:main-64-0a1b2c3d",
    spec="parcels",
    spec_version="parcels-1",
    bits=22,
    labels=64,
    next_offset=70,
    settings=FTRLSettings(),
    importance=1.0,
    sha256="00",
    size=1,
    made_at=datetime(2026, 11, 28, tzinfo=UTC),
    metrics={"labels": 64, "precision": 0.1},
)
RAW = Signer(b"key of a test").encoded(SNAPSHOT)


def test_decode_what_was_signed_gives_it_back() -> None:
    assert Signer(b"key of a test").decoded(RAW, Snapshot) == SNAPSHOT


@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
@PROPERTY
def test_decode_with_any_byte_changed_is_refused(place: int, flip: int) -> None:
    raw = bytearray(RAW)
    raw[place] ^= flip
    with pytest.raises(SnapshotError):
        Signer(b"key of a test").decoded(bytes(raw), Snapshot)


@pytest.mark.parametrize("raw", [b"", b" ", RAW[:-1], RAW + b" ", RAW[65:]])
def test_decode_cut_or_longer_is_refused(raw: bytes) -> None:
    with pytest.raises(SnapshotError):
        Signer(b"key of a test").decoded(raw, Snapshot)


def test_decode_with_another_key_or_as_another_record_is_refused() -> None:
    with pytest.raises(SnapshotError, match="another signature"):
        Signer(b"another key").decoded(RAW, Snapshot)
    with pytest.raises(SnapshotError, match="another signature"):
        Signer(b"key of a test").decoded(RAW, Choice)
