"""Models of one spec in the store: the learner publishes, people choose, workers follow."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, cast

import msgspec

from scorers.features.spec import FeatureSpec
from scorers.model.model import Model, ScoringModel
from scorers.model.snapshot import SnapshotError, dump_snapshot, load_for_scoring, load_snapshot
from streams.registry.records import MAIN, RULES, Choice, Snapshot
from streams.registry.signing import Signed, Signer
from streams.store import PREFIX, Client

log = logging.getLogger(__name__)

_KEPT_SECONDS: Final = 10
"""An old snapshot stays for workers that are just loading it. There is a new one every 2 s, of tens
of megabytes when the model has seen much."""

_MOST_CHOICES: Final = 100

_LATER: Final = timedelta(microseconds=1)


class Registry:
    """Snapshots by lineage, versions that are kept, and the choice of what decides.

    Whatever is read is checked: records by their signature, models by the checksum in them.
    Where there is no choice, the newest of lineage `main` decides.
    """

    def __init__(self, store: Client, spec: FeatureSpec, signer: Signer) -> None:
        self._store = store
        self._spec = spec
        self._signer = signer
        self._base = f"{PREFIX}:model:{spec.version}"
        self._latest = f"{self._base}:latest"
        self._versions = f"{self._base}:versions"
        self._choices = f"{self._base}:choices"
        self._in_use = f"{self._base}:in-use"
        self._scores = f"{self._base}:scores"

    def publish(
        self,
        model: Model,
        next_offset: int,
        made_at: datetime,
        lineage: str = MAIN,
        importance: float = 1.0,
        parents: tuple[str, ...] = (),
        metrics: Mapping[str, float] | None = None,
    ) -> Snapshot:
        """Store a snapshot as the newest of its lineage: first the data, then its name.

        It is made after the former one, even where a clock that was ahead has gone back: by that
        time versions are put in order.
        """
        data = dump_snapshot(model, self._spec.version, next_offset)
        digest = hashlib.sha256(data).hexdigest()
        version = f"{lineage}-{model.labels}-{digest[:8]}"
        former = self._former(lineage)
        if former is not None:
            made_at = max(made_at, former.made_at + _LATER)
        snapshot = Snapshot(
            version=version,
            lineage=lineage,
            key=f"{self._base}:data:{version}",
            spec=self._spec.name,
            spec_version=self._spec.version,
            bits=model.ftrl.bits,
            labels=model.labels,
            next_offset=next_offset,
            settings=model.ftrl.settings,
            importance=importance,
            sha256=digest,
            size=len(data),
            made_at=made_at,
            parents=parents,
            metrics=dict(metrics or {}),
        )
        self._store.set(snapshot.key, data)
        self._store.hset(self._latest, lineage, self._signer.encoded(snapshot))
        if former is not None and former.key != snapshot.key:
            self._expire(former.key)
        return snapshot

    def keep(self, snapshot: Snapshot, most: int) -> None:
        """Keep a snapshot as a version; of its lineage the newest `most` are kept."""
        self._store.persist(snapshot.key)
        self._store.hset(self._versions, snapshot.version, self._signer.encoded(snapshot))
        own = [one for one in self.versions() if one.lineage == snapshot.lineage]
        chosen = {name for one in self.choices()[-2:] for name in (one.name, one.former)}
        for one in own[:-most]:
            if one.version not in chosen:
                self._store.hdel(self._versions, one.version)
                self._expire(one.key)

    def latest(self, lineage: str = MAIN) -> Snapshot | None:
        """Return the newest snapshot of a lineage; raise `SnapshotError` if it is not ours."""
        return self._read(self._latest, lineage)

    def lineages(self) -> list[Snapshot]:
        """Return the newest snapshot of each lineage."""
        found = cast("dict[bytes, bytes]", self._store.hgetall(self._latest))
        return self._intact([raw for _, raw in sorted(found.items())], Snapshot)

    def versions(self) -> list[Snapshot]:
        """Return the versions that are kept, the oldest first."""
        found = cast("dict[bytes, bytes]", self._store.hgetall(self._versions))
        return sorted(
            self._intact(found.values(), Snapshot), key=lambda one: (one.made_at, one.version)
        )

    def named(self, name: str) -> Snapshot | None:
        """Return a version, or the newest snapshot of a lineage."""
        return self._read(self._versions, name) or self._read(self._latest, name)

    def choose(self, choice: Choice) -> None:
        """Let another model decide from now on."""
        self._store.rpush(self._choices, self._signer.encoded(choice))
        self._store.ltrim(self._choices, -_MOST_CHOICES, -1)

    def choices(self) -> list[Choice]:
        """Return what was chosen, the oldest first."""
        found = cast("list[bytes]", self._store.lrange(self._choices, 0, -1))
        return self._intact(found, Choice)

    def choice(self) -> Choice | None:
        """Return what was chosen last."""
        found = cast("list[bytes]", self._store.lrange(self._choices, -1, -1))
        return self._signer.decoded(found[0], Choice) if found else None

    def in_force(self) -> Snapshot | None:
        """Return the model that decides; None if rules do, or no model is there yet."""
        choice = self.choice()
        if choice is None:
            return self.latest(MAIN)
        if choice.mode == RULES:
            return None
        return self.latest(choice.name) if choice.mode == "live" else self.named(choice.name)

    def load(self, snapshot: Snapshot) -> Model:
        """Return a model to learn on; raise `SnapshotError` if it is not intact."""
        return load_snapshot(self.data(snapshot), self._spec.version)[0]

    def load_for_scoring(self, snapshot: Snapshot) -> ScoringModel:
        """Return what a worker needs of it; raise `SnapshotError` if it is not intact."""
        return load_for_scoring(self.data(snapshot), self._spec.version)

    def data(self, snapshot: Snapshot) -> bytes:
        """Return the bytes of a snapshot; raise `SnapshotError` if they are not those signed."""
        data = self._store.get(snapshot.key)
        if not isinstance(data, bytes):
            raise SnapshotError(f"Expected a snapshot at {snapshot.key}, got none")
        check_data(snapshot, data)
        return data

    def put(self, snapshot: Snapshot, data: bytes, most: int) -> None:
        """Take in a version from elsewhere; raise `SnapshotError` if it is not intact."""
        check_data(snapshot, data)
        if snapshot.spec_version != self._spec.version:
            got, expected = snapshot.spec_version, self._spec.version
            raise SnapshotError(f"{snapshot.version}: expected spec {expected}, got {got}")
        self._store.set(snapshot.key, data)
        self.keep(snapshot, most)

    def report_use(self, worker: str, labels: int) -> None:
        """Note which model a worker scores with, for whoever waits for or watches it."""
        self._store.hset(self._in_use, worker, str(labels))

    def labels_in_use(self, worker: str) -> int:
        """Return the labels of the model that a worker scores with; 0 if it has none."""
        raw = self._store.hget(self._in_use, worker)
        return 0 if raw is None else int(raw)

    def _intact(self, raws: Iterable[bytes], kind: type[Signed]) -> list[Signed]:
        """Return those records that are ours; of others there is a warning."""
        found = []
        for raw in raws:
            try:
                found.append(self._signer.decoded(raw, kind))
            except SnapshotError as error:
                log.warning("a record in the registry is passed over: %s", error)
        return found

    def put_scores(self, scores: Mapping[str, Mapping[str, float]]) -> None:
        """Note how well all contestants do, those included that have no snapshots; to be shown."""
        self._store.set(self._scores, msgspec.json.encode(scores))

    def scores(self) -> dict[str, dict[str, float]]:
        """Return how well contestants do, by name."""
        raw = cast("bytes | None", self._store.get(self._scores))
        try:
            return {} if raw is None else msgspec.json.decode(raw, type=dict[str, dict[str, float]])
        except msgspec.DecodeError as error:
            log.warning("the scores in the registry are damaged: %s", error)
            return {}

    def _read(self, key: str, field: str) -> Snapshot | None:
        raw = cast("bytes | None", self._store.hget(key, field))
        return None if raw is None else self._signer.decoded(raw, Snapshot)

    def _former(self, lineage: str) -> Snapshot | None:
        """Return the newest snapshot of a lineage, if it can be told."""
        try:
            return self.latest(lineage)
        except SnapshotError:
            return None  # it is replaced now

    def _expire(self, key: str) -> None:
        kept = {one.key for one in self.versions()}
        if key not in kept:
            self._store.expire(key, _KEPT_SECONDS)


def check_data(snapshot: Snapshot, data: bytes) -> None:
    """Raise `SnapshotError` unless `data` has the checksum of the signed record."""
    if not hmac.compare_digest(hashlib.sha256(data).hexdigest(), snapshot.sha256):
        raise SnapshotError(f"Expected the published bytes of {snapshot.version}, got others")
