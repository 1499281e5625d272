"""Snapshots: bit-identical round trips, and a `SnapshotError` for everything damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.model.calibration import Calibration
from scorers.model.ftrl import FTRLSettings
from scorers.model.model import Model
from scorers.model.snapshot import (
    SnapshotError,
    SnapshotHeader,
    dump_snapshot,
    load_for_scoring,
    load_snapshot,
    read_header,
)
from tests.factories import make_manifests, make_spec

SPEC = make_spec()
Load = Callable[[bytes, str], object]
BITS = 6
SETTINGS = FTRLSettings(alpha=0.3, beta=0.9, l1=0.01, l2=0.5)


def learnt(rounds: int = 3) -> Model:
    model, extractor = Model(BITS, SETTINGS), Extractor(SPEC, BITS)
    for seed in range(rounds):
        batch = extractor.extract(ManifestTable(make_manifests(4, seed)))
        model.learn(batch, np.array([0.0, 1.0, 0.0, 1.0]), np.array([1.0, 1.0, 0.05, 0.5]))
    return model


DATA = dump_snapshot(learnt(), SPEC.version, next_offset=17)
HEADER_BYTES = 8 + int.from_bytes(DATA[:8], "little")


def same(left: Model, right: Model) -> bool:
    """Return whether two models have learnt the same, bit for bit."""
    return (
        left.ftrl.z.tobytes() == right.ftrl.z.tobytes()
        and left.ftrl.n.tobytes() == right.ftrl.n.tobytes()
        and left.weights.tobytes() == right.weights.tobytes()
        and left.evidence.inspected.tobytes() == right.evidence.inspected.tobytes()
        and left.evidence.violations.tobytes() == right.evidence.violations.tobytes()
        and left.calibration == right.calibration
        and left.labels == right.labels
    )


def test_load_a_snapshot_gives_the_model_back_bit_for_bit() -> None:
    model = learnt()
    loaded, _ = load_snapshot(DATA, SPEC.version)
    assert model.ftrl.n.any()
    assert model.evidence.violations.any()
    assert model.calibration != Calibration()
    assert same(loaded, model)
    assert (loaded.labels, loaded.bits, loaded.ftrl.settings) == (12, BITS, SETTINGS)


def test_load_for_scoring_gives_the_same_logits_chances_and_evidence() -> None:
    model, scoring = learnt(), load_for_scoring(DATA, SPEC.version)
    batch = Extractor(SPEC, BITS).extract(ManifestTable(make_manifests(50, seed=98)))
    logits = model.logits(batch)
    assert scoring.logits(batch).tobytes() == logits.tobytes()
    assert scoring.probabilities(logits).tobytes() == model.probabilities(logits).tobytes()
    assert (scoring.bits, scoring.labels) == (model.bits, model.labels)
    for slot in range(2**BITS):
        assert scoring.evidence.of(slot) == model.evidence.of(slot)


def test_load_a_snapshot_gives_evidence_of_parcels_that_taught_no_weight() -> None:
    # So sure of a compliant parcel that its gradient is zero; it was inspected all the same.
    spec = make_spec(base_rate=1e-17, rules=())
    model = Model(BITS)
    batch = Extractor(spec, BITS).extract(ManifestTable(make_manifests(1, seed=1)))
    model.learn(batch, np.zeros(1), np.ones(1))
    assert model.evidence.inspected.any()
    loaded, _ = load_snapshot(dump_snapshot(model, spec.version, 0), spec.version)
    assert np.array_equal(loaded.evidence.inspected, model.evidence.inspected)


def test_dump_a_loaded_snapshot_gives_the_same_bytes() -> None:
    loaded, header = load_snapshot(DATA, SPEC.version)
    assert dump_snapshot(loaded, header.spec_version, header.next_offset) == DATA


def test_learn_on_after_a_round_trip_equals_learn_without_one() -> None:
    straight, (resumed, _) = learnt(), load_snapshot(DATA, SPEC.version)
    batch = Extractor(SPEC, BITS).extract(ManifestTable(make_manifests(9, seed=99)))
    for model in (straight, resumed):
        model.learn(batch, np.ones(9), np.full(9, 0.2))
    assert same(straight, resumed)


def test_dump_a_model_that_learnt_nothing_loads_as_an_empty_one() -> None:
    data = dump_snapshot(Model(BITS), SPEC.version, next_offset=0)
    loaded, header = load_snapshot(data, SPEC.version)
    assert not loaded.ftrl.z.any()
    assert not loaded.evidence.inspected.any()
    assert loaded.calibration == Calibration()
    assert (loaded.labels, header.next_offset) == (0, 0)


def test_dump_stores_learnt_slots_only() -> None:
    wide = Model(20, SETTINGS)
    batch = Extractor(SPEC, 20).extract(ManifestTable(make_manifests(4, 0)))
    wide.learn(batch, np.ones(4), np.ones(4))
    learnt_slots = np.count_nonzero(wide.ftrl.n)
    assert len(dump_snapshot(wide, SPEC.version, 0)) < 16 * learnt_slots + 1_200


def test_read_header_says_what_the_snapshot_holds() -> None:
    assert read_header(DATA) == SnapshotHeader(
        SPEC.version, BITS, 12, 17, SETTINGS, learnt().calibration
    )


def test_load_a_snapshot_of_another_spec_says_which() -> None:
    with pytest.raises(SnapshotError) as caught:
        load_snapshot(DATA, "parcels-0123456789ab")
    assert str(caught.value) == (
        f"Expected a snapshot of spec parcels-0123456789ab, got one of {SPEC.version}; "
        "rebuild the model from the training log"
    )


@pytest.mark.parametrize("length", [*range(0, len(DATA), 41), len(DATA) - 1])
def test_load_a_truncated_snapshot_is_refused(length: int) -> None:
    with pytest.raises(SnapshotError, match="Expected a model snapshot, got damaged data"):
        load_snapshot(DATA[:length], SPEC.version)


@pytest.mark.parametrize(
    "data",
    [DATA + b"\x00", b"\x00" * 64, b"\xff" * 64, b"PK\x03\x04" + DATA, DATA[8:], b"{}"],
    ids=["longer", "zeros", "ones", "archive", "no_size", "json"],
)
def test_load_what_is_no_snapshot_is_refused(data: bytes) -> None:
    with pytest.raises(SnapshotError):
        load_snapshot(data, SPEC.version)


@pytest.mark.parametrize("position", range(8))
def test_load_a_snapshot_with_another_header_size_is_refused(position: int) -> None:
    with pytest.raises(SnapshotError):
        load_snapshot(_flipped(position, 7), SPEC.version)


def test_load_with_any_bit_of_the_header_flipped_raises_nothing_but_snapshot_errors() -> None:
    escaped = {
        type(error).__name__
        for data in _flipped_headers()
        for load in (load_snapshot, load_for_scoring)
        if (error := _failure(data, load)) is not None and not isinstance(error, SnapshotError)
    }
    assert escaped == set()


@pytest.mark.parametrize("load", [load_snapshot, load_for_scoring])
def test_load_a_snapshot_of_another_format_is_refused(load: Load) -> None:
    later = _replaced(b'\\"format\\":4', b'\\"format\\":5')
    with pytest.raises(SnapshotError) as caught:
        load(later, SPEC.version)
    assert str(caught.value) == "Expected a snapshot of format 4, got 5"


@pytest.mark.parametrize("load", [load_snapshot, load_for_scoring])
@pytest.mark.parametrize("position", [*range(HEADER_BYTES, len(DATA), 97), len(DATA) - 1])
def test_load_with_any_byte_of_the_tensors_changed_raises_nothing_but_snapshot_errors(
    load: Load, position: int
) -> None:
    for bit in (0, 4, 7):
        error = _failure(_flipped(position, bit), load)
        assert error is None or isinstance(error, SnapshotError)


@pytest.mark.parametrize("load", [load_snapshot, load_for_scoring])
@pytest.mark.parametrize("bits", [b"-1", b"99", b"60"])
def test_load_a_snapshot_of_a_size_that_cannot_be_is_refused(load: Load, bits: bytes) -> None:
    # As long as before: only the size of the table is damaged.
    spec = make_spec()
    data = dump_snapshot(Model(12), spec.version, 0)
    field = b'\\"bits\\":'
    assert field + b"12" in data
    damaged = data.replace(field + b"12", field + bits)
    with pytest.raises(SnapshotError):
        load(damaged, spec.version)


def _flipped(position: int, bit: int) -> bytes:
    damaged = bytearray(DATA)
    damaged[position] ^= 1 << bit
    return bytes(damaged)


def _flipped_headers() -> Iterator[bytes]:
    return (_flipped(position, bit) for position in range(8, HEADER_BYTES) for bit in (0, 3, 7))


def _replaced(old: bytes, new: bytes) -> bytes:
    assert old in DATA
    return DATA.replace(old, new)


def _failure(data: bytes, load: Load = load_snapshot) -> Exception | None:
    """Return what loading `data` raises; a flipped digit of a setting may load."""
    try:
        with np.errstate(all="ignore"):
            load(data, SPEC.version)
    except Exception as error:  # noqa: BLE001 - the type of anything at all is what is tested
        return error
    return None
