"""Snapshots of a model: safetensors with a header that says what the tensors are."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from scorers.model.ftrl import FTRLSettings, HashedFTRL

FORMAT = 1
_KEY = "greenlane"
_PREFIX = 8  # safetensors starts with the size of its JSON header


class SnapshotError(ValueError):
    """A snapshot that cannot be loaded: damaged, or made for another spec."""


@dataclass(frozen=True)
class SnapshotHeader:
    """What a snapshot holds. `next_offset` is where the fold of the training log goes on."""

    spec_version: str
    bits: int
    labels: int
    next_offset: int
    settings: FTRLSettings
    format: int = FORMAT


def dump_snapshot(model: HashedFTRL, spec_version: str, next_offset: int) -> bytes:
    """Return the snapshot of `model`. Only slots ever learnt are stored: 12 bytes each."""
    slots = np.flatnonzero(model.n).astype(np.uint32)
    header = SnapshotHeader(spec_version, model.bits, model.labels, next_offset, model.settings)
    tensors = {"slots": slots, "z": model.z[slots], "n": model.n[slots]}
    return save(tensors, metadata={_KEY: msgspec.json.encode(header).decode()})


def read_header(data: bytes) -> SnapshotHeader:
    """Return the header of the snapshot in `data` without loading it."""
    try:
        size = int.from_bytes(data[:_PREFIX], "little")
        metadata = msgspec.json.decode(data[_PREFIX : _PREFIX + size])["__metadata__"]
        return msgspec.json.decode(metadata[_KEY], type=SnapshotHeader)
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        raise SnapshotError(f"Expected a model snapshot, got damaged data: {error}") from error


def load_snapshot(data: bytes, spec_version: str) -> tuple[HashedFTRL, SnapshotHeader]:
    """Return the model in `data` and its header; raise `SnapshotError` if it does not fit."""
    header = read_header(data)
    try:
        tensors = load(data)
    except SafetensorError as error:
        raise SnapshotError(f"Expected a model snapshot, got damaged data: {error}") from error
    if header.spec_version != spec_version:
        raise SnapshotError(
            f"Expected a snapshot of spec {spec_version}, got one of {header.spec_version}; "
            "rebuild the model from the training log"
        )
    model = HashedFTRL(header.bits, header.settings)
    slots = tensors["slots"].astype(np.int64)
    model.restore(slots, tensors["z"], tensors["n"], header.labels)
    return model, header
