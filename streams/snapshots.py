"""Model snapshots in the store: the learner publishes, workers follow."""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

from scorers.model.model import Model, ScoringModel
from scorers.model.snapshot import (
    SnapshotError,
    dump_snapshot,
    load_for_scoring,
    load_snapshot,
)
from streams.store import PREFIX, Client

_KEPT_SECONDS: Final = 3600
"""An old snapshot stays for workers that are just loading it."""


class Pointer(msgspec.Struct, frozen=True):
    """Names the snapshot in force."""

    key: str
    labels: int
    next_offset: int
    sha256: str


class SnapshotStore:
    """Snapshots of the models of one spec."""

    def __init__(self, store: Client, spec_version: str) -> None:
        self._store = store
        self._spec_version = spec_version
        self._champion = f"{PREFIX}:model:{spec_version}:champion"
        self._in_use = f"{PREFIX}:model:{spec_version}:in-use"

    def publish(self, model: Model, next_offset: int) -> Pointer:
        """Store a snapshot and make it the one in force: first the data, then the pointer."""
        data = dump_snapshot(model, self._spec_version, next_offset)
        digest = hashlib.sha256(data).hexdigest()
        key = f"{PREFIX}:model:{self._spec_version}:{model.labels}:{digest[:16]}"
        pointer = Pointer(key, model.labels, next_offset, digest)
        former = self.pointer()
        self._store.set(key, data)
        self._store.set(self._champion, msgspec.json.encode(pointer))
        if former is not None and former.key != key:
            self._store.expire(former.key, _KEPT_SECONDS)
        return pointer

    def report_use(self, worker: str, labels: int) -> None:
        """Note which model a worker scores with, for whoever waits for or watches it."""
        self._store.hset(self._in_use, worker, str(labels))

    def labels_in_use(self, worker: str) -> int:
        """Return the labels of the model that a worker scores with; 0 if it has none."""
        raw = self._store.hget(self._in_use, worker)
        return 0 if raw is None else int(raw)

    def pointer(self) -> Pointer | None:
        """Return what is in force, or None before the first snapshot."""
        raw = self._store.get(self._champion)
        return None if raw is None else msgspec.json.decode(raw, type=Pointer)

    def load(self, pointer: Pointer) -> Model:
        """Return the model that `pointer` names; raise `SnapshotError` if it is not intact."""
        return load_snapshot(self._intact(pointer), self._spec_version)[0]

    def load_for_scoring(self, pointer: Pointer) -> ScoringModel:
        """Return what a worker needs of it; raise `SnapshotError` if it is not intact."""
        return load_for_scoring(self._intact(pointer), self._spec_version)

    def _intact(self, pointer: Pointer) -> bytes:
        data = self._store.get(pointer.key)
        if not isinstance(data, bytes):
            raise SnapshotError(f"Expected a snapshot at {pointer.key}, got none")
        if hashlib.sha256(data).hexdigest() != pointer.sha256:
            raise SnapshotError(f"Expected the published bytes at {pointer.key}, got others")
        return data
