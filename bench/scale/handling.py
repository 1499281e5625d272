"""The worker's handler with everything on, fed in this process: the broker's client is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from time import process_time
from typing import Final

import psutil
from confluent_kafka import Message

from bench.speed.policies import write_policies
from scorers.lists.files import load_lists
from scorers.model.model import Model
from scorers.policybook import PolicyBook, share_plan
from scorers.profiles import Source
from scorers.rules.book import RuleBook
from scorers.rules.files import load_rules
from streams.embedded import StoreServer
from streams.kafka.batch import Batch, Span
from streams.memory import collect_seldom
from streams.screening import ScreeningHandler
from streams.settings import load_settings
from streams.worker import build_handler

_LOGGED_MS: Final = 1_793_491_200_000
_TOPIC: Final = "parcels.manifests"


@dataclass(frozen=True)
class Cost:
    """CPU microseconds a manifest: the worker's as the median over batches, the store's mean."""

    worker: float
    store: float


@dataclass(frozen=True)
class Case:
    """What is varied, one at a time."""

    batch: int = 1_000
    rules: int = 200
    bits: int = 22


class Handling:
    """A handler with its partition's position."""

    def __init__(
        self, store: StoreServer, folder: Path, like: Sequence[bytes], model: Model, case: Case
    ) -> None:
        settings = load_settings(
            {
                "store.url": store.url,
                "policy.lottery_key": "bench-key",
                "model.bits": str(case.bits),
            }
        )
        paths = write_policies(folder, like, case.rules)
        rules = load_rules(Path(paths["policy.rules"])) if case.rules else RuleBook([])
        lists = load_lists(Path(paths["policy.lists"]))
        book = PolicyBook(share_plan(0.03, 0.005), rules, lists)
        self._handler: ScreeningHandler = build_handler(settings, book)
        self._handler.use(model)
        self._server = psutil.Process(store.pid)
        self._batch = case.batch
        self._offset = 0

    def cost(self, values: Sequence[bytes], warm_up: int) -> Cost:
        """Return the cost of `values` after the first `warm_up` of them."""
        collect_seldom()
        self.feed(values[:warm_up])
        costs = self.feed(values[warm_up:])
        # A server's CPU time is told in steps of 10 ms, so only its mean says anything.
        return Cost(median(one.worker for one in costs), fmean(one.store for one in costs))

    def feed(self, values: Sequence[bytes]) -> list[Cost]:
        """Handle `values` and return what each batch cost."""
        return [
            self._handled(values[start : start + self._batch])
            for start in range(0, len(values), self._batch)
        ]

    def _handled(self, values: Sequence[bytes]) -> Cost:
        first = self._offset
        self._offset += len(values)
        messages = [
            Message(
                topic=_TOPIC, partition=0, offset=offset, value=value, timestamp=(1, _LOGGED_MS)
            )
            for offset, value in enumerate(values, first)
        ]
        span = Span(first, self._offset, begins=first == 0)
        batch = Batch(messages, {Source(_TOPIC, 0): span})
        served, spent = self._server_seconds(), process_time()
        self._handler(batch)
        self._handler.committed()
        spent, served = process_time() - spent, self._server_seconds() - served
        return Cost(spent * 1e6 / len(values), served * 1e6 / len(values))

    def _server_seconds(self) -> float:
        times = self._server.cpu_times()
        return float(times.user + times.system)
