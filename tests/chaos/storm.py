"""A run: load, faults one after the other, and then what is found."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from schemas.codec import decode_example
from tests.chaos.checker import QUIET, compared, labelled_twice, read_all
from tests.chaos.clocks import WallClocks
from tests.chaos.faults import FAULTS
from tests.chaos.findings import Found
from tests.chaos.load import Load
from tests.chaos.model import is_the_fold
from tests.chaos.plan import Plan
from tests.chaos.scene import Scene
from tests.integration.profiles import different_profiles, expected_profiles, found_profiles
from tests.pipeline import Pipeline
from tests.servers.distant import DistantKafka, DistantRedis
from tests.towers import ends, settled

_PATIENCE_SECONDS: Final = 180.0
"""Without any progress: a backlog takes as long as it takes."""

_READING_SECONDS: Final = 120.0
_AUDIT_SECONDS: Final = 300.0
_POLL_SECONDS: Final = 0.5
_QUIET_SECONDS: Final = 2.0
_FIRST: Final = 100
"""Manifests by which all processes get under way, before the load begins."""

MONTH: Final = "2026-11"
"""In which the parcels of a storm are declared."""

SETTINGS: Final = {
    "topics__partitions": "4",
    "learner__snapshot_seconds": "1",
    "policy__hold_share": "0.05",
    "profiles__patience_seconds": "15",
    "store__timeout_seconds": "0.5",
}


class Storm:
    """Workers, a learner, a tower, broker and store of their own under load."""

    def __init__(
        self, kafka: DistantKafka, redis: DistantRedis, clocks: WallClocks, folder: Path, plan: Plan
    ) -> None:
        sizes = {f"{name}__batch_size": str(plan.batch) for name in ("worker", "learner")}
        pipeline = Pipeline(kafka, redis, folder, **sizes, **SETTINGS)
        self._plan = plan
        self.scene = Scene(pipeline, kafka, redis, clocks, random.Random(plan.seed))
        self._folder = folder
        for name in "abcdefgh"[: plan.workers]:
            self.scene.workers[name] = self.scene.start("worker", name)
        self.scene.learner = self.scene.start("learner")
        self.scene.tower = self.scene.start("tower")
        self._problem = ""
        self._faults: Counter[str] = Counter()
        self._restarts = 0

    def run(self, values: Iterator[bytes]) -> None:
        """Let all faults happen, each time in another order, until the plan is done."""
        pipeline, plan = self.scene.pipeline, self._plan
        first = itertools.islice(values, _FIRST)
        pipeline.publish(pipeline.settings.topics.manifests, first)
        self._until(self._committed, _FIRST, "the first manifests are not decided")
        with Load(pipeline.settings, values, plan.rate, self._room) as self._load:
            deadline = monotonic() + plan.seconds
            self._round(plan.faults)
            while monotonic() < deadline or self._load.published < plan.manifests:
                self._round(plan.faults)
        published = _FIRST + self._load.published
        self._until(self._committed, published, "not all manifests are decided")

    def _round(self, names: Sequence[str]) -> None:
        for name in self.scene.rng.sample(names, len(names)):
            FAULTS[name](self.scene)
            self._faults[name] += 1
            self._restarts += self.scene.pipeline.revive()
            sleep(self.scene.rng.uniform(0, 2 * self._plan.calm))

    def found(self) -> Found:
        """Compare all that was made with what had to be."""
        settings = self.scene.pipeline.settings
        self._until(self._labels, len(self._load.outcomes), "labels are missing")
        log = [decode_example(one.value()) for one in self._read("training")]
        is_fold = is_the_fold(settings, log)
        self._until_quiet(settings.topics.ioss_ledger)
        supplies, wrong = settled(self.scene.pipeline, MONTH, _AUDIT_SECONDS)
        self.scene.pipeline.stop()
        expected = expected_profiles(settings, self._read("manifests"), self._read("training"))
        return Found(
            compared(self._read("manifests"), self._read("hold", "clear"), self._read("rejected")),
            len(log),
            labelled_twice(self._read("training")),
            len(expected),
            len(different_profiles(found_profiles(settings), expected)),
            1,
            int(not is_fold),
            len(supplies),
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

    def _read(self, *names: str) -> Iterator[Message]:
        """Yield what some topics, by the names of their settings, hold now."""
        settings = self.scene.pipeline.settings
        topics = [getattr(settings.topics, name) for name in names]
        return read_all(settings.kafka.bootstrap_servers, topics, _READING_SECONDS)

    def _labels(self) -> int:
        return sum(1 for _ in self._read("training"))

    def _room(self) -> int:
        """Return how many manifests may be published in all by now."""
        return self._committed() + self._plan.backlog

    def _committed(self) -> int:
        """Return how many manifests the workers' group has behind it."""
        topics, group = (
            self.scene.pipeline.settings.topics,
            self.scene.pipeline.settings.worker.group,
        )
        asked = [TopicPartition(topics.manifests, number) for number in range(topics.partitions)]
        # A consumer of its own each time: one that is not polled may not hear of a new coordinator.
        options: dict[str, Any] = {"bootstrap.servers": self.scene.pipeline.bootstrap}
        options |= {"group.id": group, "log_level": QUIET}
        with closing(Consumer(options)) as consumer:
            try:
                return sum(max(one.offset, 0) for one in consumer.committed(asked, 5.0))
            except KafkaException as error:
                self._problem = str(error)
                return 0  # the broker has just started; asked again soon

    def _until(self, count: Callable[[], int], least: int, what: str) -> None:
        """Wait until a count is high enough, as long as it grows."""
        deadline, before = monotonic() + _PATIENCE_SECONDS, -1
        while (now := count()) < least:
            self._restarts += self.scene.pipeline.revive()
            if now > before:
                deadline, before = monotonic() + _PATIENCE_SECONDS, now
            if monotonic() > deadline:
                problem = f"{now} of {least} {self._problem}"
                raise AssertionError(f"{what}: {problem}; {self._last_words()}")
            sleep(_POLL_SECONDS)

    def _until_quiet(self, topic: str) -> None:
        """Wait until nothing more is written to a topic."""
        before, now = -1, 0
        while before != now:
            self._restarts += self.scene.pipeline.revive()
            sleep(_QUIET_SECONDS)
            before, now = now, ends(self.scene.pipeline, [topic])

    def _last_words(self) -> str:
        scene = self.scene
        members = {**scene.workers, "learner": scene.learner, "tower": scene.tower}
        said = {name: one.child.log_tail(3) for name, one in members.items() if one is not None}
        return "; ".join(f"{name}: {words}" for name, words in said.items())
