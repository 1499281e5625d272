"""From a choice of models to the last decision by the one before: `python -m bench.following`.

Two workers screen on Apache Kafka and Redis while the choice goes to and fro between two versions.
A decision says how many labels its model had learnt, and the log says when it was made.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from itertools import cycle, islice, pairwise
from pathlib import Path
from statistics import median
from time import sleep, time
from typing import Final, NamedTuple

import msgspec
import numpy as np
from confluent_kafka import Producer

from bench.results import machine, write_results
from bench.servers import servers
from bench.speed.recording import recorded_manifests
from scorers.model.model import Model
from streams.announcing import Announcer
from streams.clock import utc_now
from streams.kafka.clients import plain_producer
from streams.registry.choosing import ModelChooser
from streams.registry.opening import open_registry
from tests.pipeline import Pipeline

_MANIFESTS: Final = 2_000
_RATE: Final = 400
_WEIGHTS: Final = 300_000
"""Slots that a model has learnt: a snapshot of six megabytes."""

_BETWEEN_SECONDS: Final = 3.0
_WAIT_SECONDS: Final = 40.0
_WORKERS: Final = ("0", "1")
_LABELS: Final = (1_000, 2_000)


class _Decided(msgspec.Struct):
    model_version: int = 0


class Switch(NamedTuple):
    """When (Unix seconds) a model with so many labels was chosen."""

    seconds: float
    labels: int


def main() -> None:
    """Switch, and print how long the slowest decisions by the former model came after it."""
    changes = _arguments().changes
    broker, store = servers("kafka")
    with broker, store, tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(broker, store, Path(folder))
        try:
            switches = _switched(pipeline, changes)
            delays = _delays(_decisions(pipeline), switches)
        finally:
            pipeline.stop()
    print(
        f"{changes} changes, {len(_WORKERS)} workers at {_RATE} manifests a second: the last "
        f"decision by the model before came {median(delays):.2f} s after the change (median), "
        f"{max(delays):.2f} s (most)"
    )
    write_results("following", {"seconds": delays, "cores": machine()["cores"]})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.following", description=__doc__)
    parser.add_argument("--changes", type=int, default=7)
    return parser.parse_args()


def _switched(pipeline: Pipeline, changes: int) -> list[Switch]:
    """Return when which model was chosen, while parcels come."""
    registry = open_registry(pipeline.settings)
    versions = {}
    for labels in _LABELS:
        snapshot = registry.publish(_model(pipeline.settings.model.bits, labels), 0, utc_now())
        registry.keep(snapshot, len(_LABELS))
        versions[labels] = snapshot.version
    producer = plain_producer(pipeline.settings.kafka)
    announcer = Announcer(producer, pipeline.settings.topics, utc_now)
    chooser = ModelChooser(registry, announcer, utc_now)
    chooser.promote(versions[_LABELS[0]], "bench")
    for name in _WORKERS:
        pipeline.spawn("worker", name)
    values = recorded_manifests(_MANIFESTS)
    started = time()
    while any(registry.labels_in_use(name) != _LABELS[0] for name in _WORKERS):
        if time() > started + _WAIT_SECONDS:
            raise TimeoutError("expected two workers with a model, got fewer")
        sleep(0.1)
    switches = []
    for labels in islice(cycle(reversed(_LABELS)), changes):
        _publish(producer, pipeline.settings.topics.manifests, values)
        switches.append(Switch(time(), labels))
        chooser.promote(versions[labels], "bench")
        _publish(producer, pipeline.settings.topics.manifests, values)
    announcer.close()
    return switches


def _model(bits: int, labels: int) -> Model:
    model = Model(bits)
    rng = np.random.default_rng(labels)
    slots = rng.choice(2**bits, _WEIGHTS, replace=False).astype(np.uint32)
    model.ftrl.update(slots, rng.normal(0, 0.01, _WEIGHTS))
    model.labels = labels
    return model


def _publish(producer: Producer, topic: str, values: Sequence[bytes]) -> None:
    """Publish at an even rate for a while."""
    for number, value in enumerate(islice(cycle(values), int(_RATE * _BETWEEN_SECONDS / 2))):
        producer.produce(topic, value, str(number))
        producer.poll(0)
        sleep(1 / _RATE)
    producer.flush()


def _decisions(pipeline: Pipeline) -> list[Switch]:
    """Return when decisions were made, by models of how many labels."""
    topics = [pipeline.settings.topics.hold, pipeline.settings.topics.clear]
    records = pipeline.read(topics, 1)
    decode = msgspec.json.Decoder(_Decided).decode
    return [
        Switch(one.timestamp()[1] / 1000, decode(one.value() or b"").model_version)
        for one in records
    ]


def _delays(decisions: Sequence[Switch], switches: Sequence[Switch]) -> list[float]:
    """Return how long after each change the last decision by the model before was made."""
    found = []
    ends = [*switches, Switch(float("inf"), 0)]
    for change, following in pairwise(ends):
        times = [
            one.seconds
            for one in decisions
            if one.labels != change.labels and change.seconds < one.seconds < following.seconds
        ]
        found.append(max(times, default=change.seconds) - change.seconds)
    return found


if __name__ == "__main__":
    main()
