"""Kill the learner at random points and compare with the fold: `python -m bench.kills --kills 200`.

Outcomes come twice, corrected, out of order, and for cleared parcels. Each label must be in the
training log once, and the model after the last recovery must be the undisturbed fold of that log.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from confluent_kafka import Producer

from bench.kills.forking import ForkedLearner
from bench.results import write_results
from schemas.codec import decode_decision, decode_example, encode
from schemas.decision import Decision
from schemas.example import LabelledExample
from schemas.outcome import InspectionOutcome
from schemas.types import InspectionResult
from streams.clock import utc_now
from streams.kafka.reading import TopicReader
from streams.settings import environment_of
from tests.chaos.model import is_the_fold
from tests.integration.test_worker_kill import manifests
from tests.pipeline import Pipeline
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer

_LEAST_PARCELS: Final = 3_000
_PARCELS_A_KILL: Final = 40
"""Enough that hardly any part of the outcomes is without a new label."""

_PATIENCE_SECONDS: Final = 60.0
_LATEST_KILL_SECONDS: Final = 4.0
_BATCHES_SECONDS: Final = 0.3
_QUIET_SECONDS: Final = 0.1
_TOLD_EVERY: Final = 10


@dataclass(frozen=True)
class Script:
    """Outcomes to publish, in the order in which each decision's follow each other.

    `results` are those of each decision, without repeats.
    """

    outcomes: Sequence[bytes]
    results: dict[str, list[bool]]


def main() -> None:
    """Kill, compare, print and write what was found."""
    arguments = _arguments()
    with ApacheKafka() as kafka, RedisServer() as redis, tempfile.TemporaryDirectory() as folder:
        _play(kafka, redis, Path(folder), arguments.kills, arguments.seed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _play(kafka: ApacheKafka, redis: RedisServer, folder: Path, kills: int, seed: int) -> None:
    pipeline = Pipeline(
        kafka,
        redis,
        folder,
        policy__hold_share="0.4",
        learner__batch_size="20",
        learner__snapshot_seconds="0.05",
    )
    rng = random.Random(seed)
    parcels = max(_LEAST_PARCELS, _PARCELS_A_KILL * kills)
    script = _script(_screened(pipeline, parcels), rng)
    started = monotonic()
    learner = ForkedLearner(environment_of(pipeline.overrides), folder / "learner.log")
    with closing(learner):
        _kill(pipeline, learner, script.outcomes, kills, rng)
    pipeline.spawn("learner")
    log = _log(pipeline, script)
    same = is_the_fold(pipeline.settings, log)
    pipeline.stop()
    exact = _is_exact(log, script)
    seconds = monotonic() - started
    print(
        f"{kills} kills in {seconds:.0f} s, {len(script.results):,} decisions, {len(log):,} labels"
    )
    print(f"each label once: {exact}; the model equals the fold bit for bit: {same}")
    write_results("kills", {"kills": kills, "labels": len(log), "exact": exact, "same": same})
    if not (exact and same):
        raise SystemExit(1)


def _is_exact(log: Sequence[LabelledExample], script: Script) -> bool:
    """Tell whether each decision's labels are its results, each once and taking back the former.

    Of those that came before their hold, the last one alone is a label.
    """
    found: dict[str, list[LabelledExample]] = {}
    for one in log:
        found.setdefault(one.decision_id, []).append(one)
    return found.keys() == script.results.keys() and all(
        _follows(labels, script.results[one]) for one, labels in found.items()
    )


def _follows(labels: Sequence[LabelledExample], results: Sequence[bool]) -> bool:
    given = [one.label for one in labels]
    chained = [one.corrects for one in labels] == [None, *given][: len(given)]
    return chained and given == list(results)[-len(given) :]


def _screened(pipeline: Pipeline, parcels: int) -> list[Decision]:
    count = pipeline.publish(pipeline.settings.topics.manifests, manifests(parcels))
    worker = pipeline.spawn("worker")
    records = pipeline.read(pipeline.decided, count)
    worker.stop()
    return [decode_decision(record.value()) for record in records]


def _script(decisions: Sequence[Decision], rng: random.Random) -> Script:
    """Return outcomes of all kinds, and the labels that must come of them."""
    held = [one for one in decisions if one.action == "hold"]
    cleared = [one for one in decisions if one.action == "clear"][::100]
    queues: list[list[bytes]] = []
    results: dict[str, list[bool]] = {}
    for one in [*held, *cleared]:
        first = rng.random() < 0.3
        results[one.decision_id] = [first]
        found = [_outcome(one, 0, first), _outcome(one, 1, first)]
        if rng.random() < 0.1:
            found.append(_outcome(one, 2, not first))
            results[one.decision_id].append(not first)
        queues.append(found)
    return Script(list(_mixed(queues, rng)), results)


def _outcome(decision: Decision, number: int, violation: bool) -> bytes:
    result: InspectionResult = "violation" if violation else "compliant"
    return encode(
        InspectionOutcome(
            schema_version=1,
            outcome_id=f"o{number}-{decision.decision_id}"[:64],
            decision_id=decision.decision_id,
            item_id=decision.item_id,
            inspected_at=utc_now(),
            result=result,
            found="inspection" if decision.action == "hold" else "downstream",
        )
    )


def _mixed(queues: list[list[bytes]], rng: random.Random) -> Iterator[bytes]:
    """Yield what is in queues, each in its own order."""
    while queues:
        place = rng.randrange(len(queues))
        yield queues[place].pop(0)
        if not queues[place]:
            queues[place] = queues[-1]
            queues.pop()


def _kill(
    pipeline: Pipeline,
    learner: ForkedLearner,
    outcomes: Sequence[bytes],
    kills: int,
    rng: random.Random,
) -> None:
    """Kill while transactions are open: records are seen before they are committed.

    Every fourth kill comes at any time, also while the learner starts.
    """
    client = {"isolation.level": "read_uncommitted"}
    kafka = pipeline.settings.kafka.model_copy(update={"client": client})
    size = -(-len(outcomes) // kills)
    with closing(TopicReader(kafka, [pipeline.settings.topics.training])) as reader:
        for number, start in enumerate(range(0, len(outcomes), size)):
            while reader.read(10_000, _QUIET_SECONDS):  # what the one before has written
                pass
            _publish_by_item(pipeline, outcomes[start : start + size])
            if number % 4 == 0:
                sleep(rng.uniform(0.05, _LATEST_KILL_SECONDS))
            else:
                reader.read(10_000, _PATIENCE_SECONDS)
                sleep(rng.uniform(0, _BATCHES_SECONDS))
            learner.kill()
            learner.start()
            _tell(number + 1)


def _tell(number: int) -> None:
    if number % _TOLD_EVERY == 0:
        print(f"{number} kills", flush=True)


def _publish_by_item(pipeline: Pipeline, outcomes: Sequence[bytes]) -> None:
    """Publish to one partition, since what is said later of a decision must be read later."""
    producer = Producer({"bootstrap.servers": pipeline.bootstrap, "enable.idempotence": True})
    for value in outcomes:
        producer.produce(pipeline.settings.topics.outcomes, value, partition=0)
    producer.flush()


def _log(pipeline: Pipeline, script: Script) -> list[LabelledExample]:
    """Return the training log, once it has all last results, or nothing comes any more."""
    seen, log = -1, list[LabelledExample]()
    while len(log) > seen and not _is_exact(log, script):
        seen = len(log)
        records = pipeline.read([pipeline.settings.topics.training], seen + 1)
        records.sort(key=lambda record: record.offset() or 0)
        log = [decode_example(record.value()) for record in records]
    return log


if __name__ == "__main__":
    main()
