"""A run: load, faults one after the other, and then what is found."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from schemas.codec import decode_example
from streams.processes import ChildProcess
from tests.chaos.checker import Answers, compared, labelled_twice, read_all
from tests.chaos.faults import FAULTS, Scene
from tests.chaos.load import Load
from tests.chaos.model import is_the_fold
from tests.integration.profiles import assert_same_profiles, expected_profiles, found_profiles
from tests.integration.stations import DistantRedis
from tests.pipeline import Pipeline
from tests.servers.kafka import ApacheKafka
from tests.towers import settled

_PATIENCE_SECONDS: Final = 90.0
_READING_SECONDS: Final = 120.0
_FIRST: Final = 100
"""Manifests by which all processes get under way, before the load begins."""

_CALM_SECONDS: Final = 0.6
"""Between two faults, so that most of them hit processes that work."""

MONTH: Final = "2026-11"
"""In which the parcels of a storm are declared."""

SETTINGS: Final = {
    "topics__partitions": "4",
    "worker__batch_size": "200",
    "learner__batch_size": "50",
    "learner__snapshot_seconds": "0.5",
    "policy__hold_share": "0.05",
    "profiles__patience_seconds": "15",
    "store__timeout_seconds": "0.5",
}


@dataclass(frozen=True)
class Found:
    """What a run ends with."""

    answers: Answers
    labels: int
    labelled_twice: int
    entities: int
    model_is_the_fold: bool
    ledger_is_wrong: int
    """Lines of the ledger that differ from the decisions."""
    faults: Counter[str]
    restarts: int
    """Processes that left by themselves and were started anew."""

    def __str__(self) -> str:
        return (
            f"{self.answers} labels={self.labels} labelled_twice={self.labelled_twice} "
            f"profiles={self.entities} model_is_the_fold={self.model_is_the_fold} "
            f"ledger_is_wrong={self.ledger_is_wrong} restarts={self.restarts} "
            f"faults={self.faults.total()}"
        )

    @property
    def exact(self) -> bool:
        """Whether all is as if nothing had gone wrong."""
        wrong = self.labelled_twice or self.ledger_is_wrong
        return self.answers.exact and self.model_is_the_fold and not wrong


class Storm:
    """Workers, a learner, a tower, broker and store of their own under load."""

    def __init__(
        self, kafka: ApacheKafka, redis: DistantRedis, folder: Path, seed: int, workers: int = 2
    ) -> None:
        pipeline = Pipeline(kafka, redis, folder, **SETTINGS)
        self.scene = Scene(pipeline, kafka, redis, random.Random(seed))
        self._folder = folder
        for name in "abcdefgh"[:workers]:
            self.scene.workers[name] = pipeline.spawn("worker", name)
        self.scene.learner = pipeline.spawn("learner")
        self.scene.tower = pipeline.spawn("tower")
        self._problem = ""
        self._faults: Counter[str] = Counter()
        self._restarts = 0

    def run(self, values: Iterator[bytes], rate: int, seconds: float, names: Sequence[str]) -> None:
        """Let all faults happen, each time in another order, until some seconds are over."""
        pipeline = self.scene.pipeline
        first = itertools.islice(values, _FIRST)
        pipeline.publish(pipeline.settings.topics.manifests, first)
        self._until(lambda: self._committed() == _FIRST, "the first manifests are not decided")
        with Load(pipeline.settings, values, rate) as self._load:
            deadline = monotonic() + seconds
            self._round(names)
            while monotonic() < deadline:
                self._round(names)
        self._until(self._is_done, "not all manifests are decided")

    def _round(self, names: Sequence[str]) -> None:
        for name in self.scene.rng.sample(names, len(names)):
            FAULTS[name](self.scene)
            self._faults[name] += 1
            self._revive()
            sleep(self.scene.rng.uniform(0, 2 * _CALM_SECONDS))

    def found(self) -> Found:
        """Compare all that was made with what had to be; raise AssertionError for profiles."""
        settings = self.scene.pipeline.settings
        topics, bootstrap = settings.topics, settings.kafka.bootstrap_servers
        self._until(lambda: len(self._training()) >= len(self._load.outcomes), "labels are missing")
        manifests = read_all(bootstrap, [topics.manifests], _READING_SECONDS)
        decisions = read_all(bootstrap, [topics.hold, topics.clear], _READING_SECONDS)
        rejects = read_all(bootstrap, [topics.rejected], _READING_SECONDS)
        training = self._training()
        log = [decode_example(one.value()) for one in training]
        model_is_the_fold = is_the_fold(settings, log)
        _, wrong = settled(self.scene.pipeline, MONTH)
        self.scene.pipeline.stop()
        expected = expected_profiles(settings, manifests, training)
        assert_same_profiles(found_profiles(settings), expected)
        return Found(
            compared(manifests, decisions, rejects),
            len(training),
            labelled_twice(training),
            len(expected),
            model_is_the_fold,
            len(wrong),
            self._faults,
            self._restarts,
        )

    def close(self) -> None:
        """Stop all processes."""
        self.scene.pipeline.stop()

    def tracebacks(self) -> list[str]:
        """Return the names of logs with a traceback: no fault is a reason for one."""
        logs = self._folder.glob("*.log")
        return [log.name for log in logs if "Traceback (most recent call last)" in log.read_text()]

    def _training(self) -> list[Message]:
        settings = self.scene.pipeline.settings
        topics = [settings.topics.training]
        return read_all(settings.kafka.bootstrap_servers, topics, _READING_SECONDS)

    def _revive(self) -> None:
        """Do what a supervisor does."""
        for process in [*self.scene.workers.values(), self.scene.learner, self.scene.tower]:
            if process is not None and not process.running:
                self._restarts += 1
                process.start()

    def _is_done(self) -> bool:
        return self._committed() >= _FIRST + self._load.published

    def _committed(self) -> int:
        """Return how many manifests the workers' group has behind it."""
        topics, group = (
            self.scene.pipeline.settings.topics,
            self.scene.pipeline.settings.worker.group,
        )
        asked = [TopicPartition(topics.manifests, number) for number in range(topics.partitions)]
        # A consumer of its own each time: one that is not polled may not hear of a new coordinator.
        options = {"bootstrap.servers": self.scene.pipeline.bootstrap, "group.id": group}
        with closing(Consumer(options)) as consumer:
            try:
                return sum(max(one.offset, 0) for one in consumer.committed(asked, 5.0))
            except KafkaException as error:
                self._problem = str(error)
                return 0  # the broker has just started; asked again soon

    def _until(self, true: Callable[[], bool], what: str) -> None:
        deadline = monotonic() + _PATIENCE_SECONDS
        while not true():
            self._revive()
            if monotonic() > deadline:
                done = f"{self._committed()} manifests are done {self._problem}"
                raise AssertionError(f"{what}: {done}; {self._last_words()}")
            sleep(0.2)

    def _last_words(self) -> str:
        processes: dict[str, ChildProcess | None] = {
            **self.scene.workers,
            "learner": self.scene.learner,
            "tower": self.scene.tower,
        }
        return "; ".join(f"{name}: {one.log_tail(3)}" for name, one in processes.items() if one)
