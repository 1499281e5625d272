"""Labels a second of held parcels, joined and learnt on a real store: `python -m bench.labels`.

First by step, without the broker's client: holds and outcomes come as the batches that the join
step reads, and what it writes is learnt by the fold. Then the learner as a whole on Apache Kafka
and Redis: it consumes, joins, learns, publishes snapshots and counts in the profiles.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import islice
from time import process_time
from typing import Final

import numpy as np
import psutil
from confluent_kafka import Message
from msgspec.structs import replace
from redis import Redis

from bench.history.loop import START
from bench.labels.whole import whole
from bench.results import machine, write_results
from schemas.codec import decode_example, encode
from schemas.decision import Decision
from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.lottery import Lottery
from scorers.model.model import Model
from scorers.policybook import PolicyBook, share_plan
from scorers.profiles import KINDS, Source
from scorers.screening import Screener
from scorers.specs.parcels import SPEC
from streams import clock
from streams.contest.closed import Closed
from streams.contest.scoreboard import Scoreboard
from streams.drift.watch import DriftWatch
from streams.embedded import EmbeddedStore
from streams.folding import Fold
from streams.guarding import GuardLimits, LabelGuard
from streams.joining import JoinHandler
from streams.kafka.batch import Batch, Span
from streams.kafka.positions import Positions
from streams.memory import collect_seldom
from streams.queueing import InspectionQueue
from streams.settings import DriftSettings, TopicSettings
from streams.simulator.clearance import Inspector
from streams.simulator.platforms import PlatformSimulator
from streams.waiting import WaitingRoom

_HELD: Final = 0.9
_EXPLORED: Final = 0.15
_BATCH: Final = 1_000
_KEEP_SECONDS: Final = 3_600
_LOGGED_MS: Final = 1_793_491_200_000
_TOPICS: Final = TopicSettings()


def main() -> None:
    """Print the rates, and write them."""
    count = _arguments().labels
    collect_seldom()
    decisions = _held(count)
    holds = [encode(one) for one in decisions]
    inspector = Inspector(1, error_rate=0.1)
    outcomes = [encode(inspector.inspect(one, (), START)) for one in decisions]
    with EmbeddedStore() as store, Redis.from_url(store.url) as client:
        positions = Positions(lambda _: 0)
        handler = JoinHandler(
            WaitingRoom(client, _KEEP_SECONDS, positions.is_committed),
            InspectionQueue(client, clock.monotonic, 72.0),
            _TOPICS,
            64,
            LabelGuard(GuardLimits()),
            lambda _: {},
            positions,
        )
        server = psutil.Process(store.pid)
        join = _joined(handler, server, _TOPICS.hold, holds)
        labels = _joined(handler, server, _TOPICS.outcomes, outcomes)
    train, watch = _trained(labels[2]), _watched(labels[2])
    figures = {
        "take in a hold": join[0],
        "join an outcome": labels[0],
        "learn a label": train,
        "watch a label": watch,
        "store": join[1] + labels[1],
    }
    total = join[0] + labels[0] + train + watch
    rate, cpu = whole(holds, outcomes)
    for name, value in figures.items():
        print(f"{name:<16} {value:6.1f} us")
    print(f"{1e6 / total:,.0f} labels a second on one of {machine()['cores']} cores")
    print(f"{rate:,.0f} labels a second by the whole learner, {cpu:.1f} us of its process each")
    found = {"labels_per_second": 1e6 / total, "whole_learner": rate, "whole_microseconds": cpu}
    write_results("labels", {"microseconds": figures, **found})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=20_000)
    return parser.parse_args()


def _held(count: int) -> list[Decision]:
    """Return so many decisions to hold, of a policy that holds nearly all."""
    book = PolicyBook(share_plan(_HELD, _EXPLORED))
    screener = Screener(Extractor(SPEC), book, Lottery(b"bench"))
    simulator = PlatformSimulator(1, START)
    held: list[Decision] = []
    start = 0
    while len(held) < count:
        table = ManifestTable([one.manifest for one in islice(simulator, _BATCH)])
        read_at = [("parcels.manifests", 0, start + place) for place in range(_BATCH)]
        times = np.full(_BATCH, START.timestamp() + start)
        decisions = screener.decide(table, read_at, times).records()
        held += [_known(one) for one in decisions if one.action == "hold"]
        screener.commit()
        start += _BATCH
    return held[:count]


def _known(decision: Decision) -> Decision:
    """Return a decision as if profiles knew the parcel's entities."""
    number = int(decision.decision_id.rpartition(":")[2])
    keys = [f"{number * len(KINDS) + kind + 1:x}" for kind in range(len(KINDS))]
    return replace(decision, features={**(decision.features or {}), "entities": keys})


def _joined(
    handler: JoinHandler, server: psutil.Process, topic: str, values: Sequence[bytes]
) -> tuple[float, float, list[bytes]]:
    """Return microseconds a record here and in the store, and what was written."""
    written: list[bytes] = []
    spent, store = process_time(), sum(server.cpu_times()[:2])
    for start in range(0, len(values), _BATCH):
        outputs = handler(_batch(topic, start, values[start : start + _BATCH]))
        handler.committed()
        written += [one.value for one in outputs if one.value is not None]
    spent, store = process_time() - spent, sum(server.cpu_times()[:2]) - store
    return spent * 1e6 / len(values), store * 1e6 / len(values), written


def _batch(topic: str, start: int, values: Sequence[bytes]) -> Batch:
    messages = [
        Message(topic=topic, partition=0, offset=offset, value=value, timestamp=(1, _LOGGED_MS))
        for offset, value in enumerate(values, start)
    ]
    return Batch(messages, {Source(topic, 0): Span(start, start + len(messages))})


def _trained(values: Sequence[bytes]) -> float:
    """Return microseconds a label from bytes to weights."""
    fold = Fold(Extractor(SPEC), Model())
    spent = process_time()
    for start in range(0, len(values), _BATCH):
        fold.add([decode_example(value) for value in values[start : start + _BATCH]])
    return (process_time() - spent) * 1e6 / len(values)


def _watched(values: Sequence[bytes]) -> float:
    """Return microseconds a label of drift detectors and of keeping the score of two models."""
    watch, board = DriftWatch(SPEC, DriftSettings()), Scoreboard(0.03)
    examples = [decode_example(value) for value in values]
    chances = np.array([one.probability for one in examples])
    spent = process_time()
    for start in range(0, len(examples), _BATCH):
        part = examples[start : start + _BATCH]
        given = chances[start : start + _BATCH]
        list(watch.shifts(part))
        board.add(Closed(range(start, start + len(part)), part), {"main": given, "rules": given})
    return (process_time() - spent) * 1e6 / len(values)


if __name__ == "__main__":
    main()
