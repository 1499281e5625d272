"""Microseconds a manifest in the worker's handler with everything on: `python -m bench.worker`.

The broker's client is left out, so this is what our own code costs; `bench.speed` measures all.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time
from typing import Final

import psutil
from confluent_kafka import Message

from bench.lists.made import listed, listed_names
from bench.results import machine, write_results
from bench.rules.made import rare_book
from bench.speed.recording import recorded_manifests
from bench.teaching import taught_model
from schemas.codec import decode_decision, decode_manifest
from schemas.decision import Decision
from scorers.features.extractor import Extractor
from scorers.lists.book import ListBook
from scorers.policybook import PolicyBook, share_plan
from scorers.profiles import Source
from scorers.specs.parcels import SPEC
from streams.embedded import EmbeddedStore
from streams.kafka.batch import Batch, Span
from streams.memory import collect_seldom
from streams.screening import ScreeningHandler
from streams.settings import load_settings
from streams.worker import build_handler

_PARCELS: Final = 100_000
_WARM_UP: Final = 20_000
_RULES: Final = 200
_LOGGED_MS: Final = 1_793_491_200_000
_TOPIC: Final = "parcels.manifests"
_DECIDED: Final = ("parcels.hold", "parcels.clear")


@dataclass(frozen=True)
class Cost:
    """What a batch cost a manifest, in microseconds."""

    worker: float
    elapsed: float
    store: float


def main() -> None:
    """Print the cost a manifest, medians of all batches after the first ones, and write it."""
    size = _arguments().batch
    collect_seldom()
    values = recorded_manifests(_PARCELS)
    with EmbeddedStore() as store:
        settings = load_settings({"store.url": store.url, "policy.lottery_key": "bench-key"})
        handler = build_handler(settings, _book(values))
        server = psutil.Process(store.pid)
        costs, held = [], []
        for start in range(0, len(values), size):
            cost, decisions = _measured(handler, _batch(values, start, size), server)
            costs.append(cost)
            held += [one for one in decisions if one.action == "hold"]
            if start < _WARM_UP <= start + size:
                handler.use(taught_model(Extractor(SPEC), held))
                costs.clear()
    figures = {
        "worker": median(one.worker for one in costs),
        "elapsed": median(one.elapsed for one in costs),
        "store": median(one.store for one in costs),
        "decode": _decode(values[:_WARM_UP]),
    }
    print(f"{len(held) / len(values):.1%} held")
    for name, value in figures.items():
        print(f"{name:<10} {value:6.2f} us a manifest")
    print(f"batches of {size}, on {machine()['cores']} cores")
    write_results("worker", {"batch": size, "microseconds": figures})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=1_000, help="manifests a batch")
    return parser.parse_args()


def _book(values: Sequence[bytes]) -> PolicyBook:
    """Return a policy with rules and all kinds of lists."""
    entries = [entry for some in listed(listed_names()).values() for entry in some]
    rules = rare_book(_RULES, [decode_manifest(value) for value in values[:_WARM_UP]])
    return PolicyBook(share_plan(0.03, 0.005), rules, ListBook(entries))


def _batch(values: Sequence[bytes], start: int, size: int) -> Batch:
    messages = [
        Message(topic=_TOPIC, partition=0, offset=offset, value=value, timestamp=(1, _LOGGED_MS))
        for offset, value in enumerate(values[start : start + size], start)
    ]
    span = Span(start, start + len(messages), begins=start == 0)
    return Batch(messages, {Source(_TOPIC, 0): span})


def _measured(
    handler: ScreeningHandler, batch: Batch, server: psutil.Process
) -> tuple[Cost, list[Decision]]:
    before = server.cpu_times()
    spent, started = process_time(), perf_counter()
    outputs = handler(batch)
    handler.committed()
    seconds = process_time() - spent, perf_counter() - started
    after = server.cpu_times()
    store = after.user + after.system - before.user - before.system
    worker, elapsed, store = (one * 1e6 / len(batch.messages) for one in (*seconds, store))
    return Cost(worker, elapsed, store), [
        decode_decision(one.value) for one in outputs if one.topic in _DECIDED
    ]


def _decode(values: Sequence[bytes]) -> float:
    started = process_time()
    for value in values:
        decode_manifest(value)
    return (process_time() - started) * 1e6 / len(values)


if __name__ == "__main__":
    main()
