"""Snapshots of a model: safetensors with a header that says what the tensors are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

import msgspec
import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from schemas.errors import UserError
from scorers.features.batch import Slots
from scorers.model.calibration import Calibration
from scorers.model.ftrl import FTRLSettings, solve
from scorers.model.model import Model, ScoringModel

Tensors = dict[str, Any]

FORMAT: Final = 4
_KEY: Final = "greenlane"
_PREFIX: Final = 8  # safetensors starts with the size of its JSON header


class SnapshotError(UserError, ValueError):
    """A snapshot that cannot be loaded: damaged, or made for another spec."""


class SnapshotHeader(msgspec.Struct, frozen=True):
    """What a snapshot holds. `next_offset` is where the fold of the training log goes on."""

    spec_version: str
    bits: Annotated[int, msgspec.Meta(ge=1, le=28)]
    labels: int
    next_offset: int
    settings: FTRLSettings
    calibration: Calibration
    format: int = FORMAT


class _Metadata(msgspec.Struct):
    greenlane: str


class _FileHeader(msgspec.Struct):
    metadata: _Metadata = msgspec.field(name="__metadata__")


def dump_snapshot(model: Model, spec_version: str, next_offset: int) -> bytes:
    """Return the snapshot of `model`. Only slots ever learnt are stored: 20 bytes each."""
    ftrl = model.ftrl
    # A parcel that the model was sure of leaves evidence but no gradient.
    touched = (ftrl.n != 0) | (model.evidence.inspected != 0)
    slots = np.flatnonzero(touched).astype(np.uint32)
    header = SnapshotHeader(
        spec_version, ftrl.bits, model.labels, next_offset, ftrl.settings, model.calibration
    )
    tensors = {
        "slots": slots,
        "z": ftrl.z[slots],
        "n": ftrl.n[slots],
        "inspected": model.evidence.inspected[slots],
        "violations": model.evidence.violations[slots],
    }
    metadata = {_KEY: msgspec.json.encode(header).decode()}
    return safetensors.numpy.save(tensors, metadata=metadata)


def read_header(data: bytes) -> SnapshotHeader:
    """Return the header of the snapshot in `data`; raise `SnapshotError` if there is none."""
    try:
        size = int.from_bytes(data[:_PREFIX], "little")
        outer = msgspec.json.decode(data[_PREFIX : _PREFIX + size], type=_FileHeader)
        header = msgspec.json.decode(outer.metadata.greenlane, type=SnapshotHeader)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise SnapshotError(f"Expected a model snapshot, got damaged data: {error}") from error
    if header.format != FORMAT:
        raise SnapshotError(f"Expected a snapshot of format {FORMAT}, got {header.format}")
    return header


def load_snapshot(data: bytes, spec_version: str) -> tuple[Model, SnapshotHeader]:
    """Return the model in `data`, ready to learn on, and its header.

    Raises `SnapshotError` if the data is damaged or made for another spec.
    """
    header, tensors = _read(data, spec_version)
    with _damage_told():
        model = Model(header.bits, header.settings)
        slots = tensors["slots"].astype(np.int64)
        model.ftrl.restore(slots, tensors["z"], tensors["n"])
        _restore_scoring(model, header, slots, tensors)
    return model, header


def load_for_scoring(data: bytes, spec_version: str) -> ScoringModel:
    """Return what a worker needs of the model in `data`; raise `SnapshotError` as above."""
    header, tensors = _read(data, spec_version)
    with _damage_told():
        model = ScoringModel(header.bits)
        slots = tensors["slots"].astype(np.int64)
        model.weights[slots] = solve(tensors["z"], tensors["n"], header.settings)
        _restore_scoring(model, header, slots, tensors)
    return model


def _read(data: bytes, spec_version: str) -> tuple[SnapshotHeader, Tensors]:
    header = read_header(data)
    if header.spec_version != spec_version:
        raise SnapshotError(
            f"Expected a snapshot of spec {spec_version}, got one of {header.spec_version}; "
            "rebuild the model from the training log"
        )
    with _damage_told():
        return header, safetensors.numpy.load(data)


def _restore_scoring(
    model: ScoringModel, header: SnapshotHeader, slots: Slots, tensors: Tensors
) -> None:
    model.evidence.inspected[slots] = tensors["inspected"]
    model.evidence.violations[slots] = tensors["violations"]
    model.calibration = header.calibration
    model.labels = header.labels


@contextmanager
def _damage_told() -> Iterator[None]:
    """Turn whatever damaged data causes into a `SnapshotError`."""
    try:
        yield
    except (SafetensorError, KeyError, IndexError, ValueError, TypeError) as error:
        raise SnapshotError(f"Expected a model snapshot, got damaged data: {error}") from error
