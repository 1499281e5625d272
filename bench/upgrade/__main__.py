"""Upgrade workers and the learner one by one under load, and go back: `python -m bench.upgrade`.

Two workers and a learner of a former commit are replaced by those of this one, and one worker is
put back to the former. Meanwhile both versions are members of one group and use one store. Asked:
every manifest has one answer, every inspected hold one label, and profiles are those of the topic.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from confluent_kafka import Message

from bench.results import write_results
from bench.upgrade.versions import spawn_former, working_tree
from schemas.codec import decode_decision
from streams.processes import ChildProcess, free_port
from tests.chaos.checker import Answers, compared, labelled_twice
from tests.integration.profiles import assert_same_profiles, expected_profiles, found_profiles
from tests.integration.test_profiles import outcome_of
from tests.pipeline import Pipeline
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer
from tests.towers import simulated

_PATIENCE_SECONDS: Final = 600.0
_DECIDED: Final = re.compile(rb"^greenlane_decisions_total\{.*\} (\d+)\.0$", re.MULTILINE)


class Upgrade:
    """A pipeline whose processes are of one version or the other."""

    def __init__(self, pipeline: Pipeline, tree: Path, parcels: int) -> None:
        self._pipeline = pipeline
        self._tree = tree
        self._parcels = parcels
        self._workers: dict[str, tuple[ChildProcess, int, str]] = {}
        self._inspected: set[str] = set()
        self.decided = {"former": 0, "today": 0}
        self.published = 0

    def worker(self, name: str, version: str) -> None:
        """Start a worker of a version, and wait until it is ready."""
        port = free_port()
        settings = {"worker.instance": name, "metrics.port": str(port)}
        self._workers[name] = (self._start("worker", name, version, settings), port, version)
        _wait(lambda: _page(port, "readyz") != b"", f"{version} worker {name} is ready")

    def learner(self, version: str) -> ChildProcess:
        """Start a learner of a version."""
        return self._start("learner", version, version, {})

    def leave(self, name: str) -> None:
        """Stop a worker in good order, and note how many parcels it has decided."""
        worker, port, version = self._workers.pop(name)
        self.decided[version] += sum(map(int, _DECIDED.findall(_page(port, "metrics"))))
        worker.stop(30)

    def flow(self) -> None:
        """Publish parcels, wait until they are answered, and inspect what is held."""
        topics = self._pipeline.settings.topics
        values = simulated(self._parcels, seed=self.published)
        self.published += self._pipeline.publish(topics.manifests, values)
        answered: list[Message] = []

        def enough() -> bool:
            answered[:] = self._pipeline.read(self._pipeline.decided, self.published)
            return len(answered) >= self.published

        _wait(enough, f"{self.published} parcels are answered")
        held = [decode_decision(x.value()) for x in answered if x.topic() == topics.hold]
        new = [one for one in held if one.decision_id not in self._inspected]
        self._pipeline.publish(topics.outcomes, map(outcome_of, new))
        self._inspected |= {one.decision_id for one in new}
        labelled = len(self._inspected)
        _wait(lambda: len(self._training(labelled)) >= labelled, f"{labelled} labels are learnt")

    def checked(self) -> Answers:
        """Compare what is in topics and store; raise if profiles are not those of the topic."""
        topics, read = self._pipeline.settings.topics, self._pipeline.read
        manifests, training = read([topics.manifests], self.published), self._training(1)
        found = compared(
            manifests, read([topics.hold, topics.clear], 1), read([topics.rejected], 0)
        )
        if labelled_twice(training):
            raise SystemExit("labels are there twice")
        settings = self._pipeline.settings
        expected = expected_profiles(settings, manifests, training)
        _wait(lambda: found_profiles(settings).keys() == expected.keys(), "all is counted")
        assert_same_profiles(found_profiles(settings), expected)
        return found

    def _training(self, least: int) -> Sequence[Message]:
        return self._pipeline.read([self._pipeline.settings.topics.training], least)

    def _start(
        self, command: str, name: str, version: str, settings: dict[str, str]
    ) -> ChildProcess:
        if version == "former":
            return spawn_former(self._pipeline, self._tree, command, settings)
        return self._pipeline.spawn(command, name, settings)


def main() -> None:
    """Upgrade, print and write what was found; end with status 1 if anything is not exact."""
    arguments = _arguments()
    with (
        tempfile.TemporaryDirectory() as folder,
        working_tree(arguments.former, Path(folder)) as tree,
        ApacheKafka() as kafka,
        RedisServer() as redis,
    ):
        pipeline = Pipeline(kafka, redis, Path(folder), topics__partitions="4")
        upgrade = Upgrade(pipeline, tree, arguments.parcels)
        try:
            answers = _play(upgrade)
        finally:
            pipeline.stop()
    decided = ", ".join(f"{count} by {name}" for name, count in upgrade.decided.items())
    print(f"{answers} ({decided}; labels and profiles as the topics say)")
    write_results("upgrade", {"former": arguments.former, **vars(answers), **upgrade.decided})
    if not answers.exact or not all(upgrade.decided.values()):
        raise SystemExit(1)


def _play(upgrade: Upgrade) -> Answers:
    former = upgrade.learner("former")
    upgrade.worker("a", "former")
    upgrade.worker("b", "former")
    upgrade.flow()
    former.stop(30)
    upgrade.learner("today")
    upgrade.flow()
    upgrade.worker("c", "today")
    upgrade.flow()  # three members, of two versions
    upgrade.leave("a")
    upgrade.worker("a", "today")
    upgrade.flow()
    upgrade.leave("b")
    upgrade.flow()
    upgrade.leave("c")
    upgrade.worker("c", "former")
    upgrade.flow()  # and back
    upgrade.leave("a")
    upgrade.leave("c")
    return upgrade.checked()


def _page(port: int, name: str) -> bytes:
    """Return a page of a process; nothing while it does not answer, or says that it is not well."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/{name}", timeout=5) as page:
            text: bytes = page.read()
            return text
    except (URLError, TimeoutError):
        return b""


def _wait(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {_PATIENCE_SECONDS:g} s in vain: {what}")
        time.sleep(0.2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.upgrade", description=__doc__)
    parser.add_argument("--former", default="HEAD~60", help="a commit")
    parser.add_argument("--parcels", type=int, default=2_000, help="in each of six parts")
    return parser.parse_args()


if __name__ == "__main__":
    main()
