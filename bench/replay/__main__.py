"""Replay with another model against the live worker on the same records: `python -m bench.replay`.

Both run here, one after the other, on Apache Kafka and Redis: first a worker screens manifests,
then `greenlane replay --model` reads them and their decisions again, scores and decides.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Final

from bench.publishing import publish
from bench.results import machine, write_results
from bench.servers import client_settings, servers
from bench.speed.recording import recorded_manifests
from bench.teaching import taught_model
from schemas.codec import decode_decision, encode
from schemas.decision import Decision
from streams.clock import utc_now
from streams.contest.opening import main_recipe
from streams.kafka.clients import admin_client
from streams.kafka.reading import TopicReader
from streams.kafka.topics import create_topics
from streams.memory import collect_seldom
from streams.monitoring import health_of
from streams.registry.opening import open_registry
from streams.registry.records import MAIN
from streams.replay.reading import Period
from streams.replay.with_model import ModelReplay, replay_with_model
from streams.settings import Settings, load_settings
from streams.simulator.clearance import Inspector
from streams.worker import Worker

_WAIT_SECONDS: Final = 10.0
_READ: Final = 50_000


@dataclass(frozen=True)
class Spent:
    """Microseconds a parcel, by the clock on the wall and of all threads' processor time."""

    elapsed: float
    cpu: float


def main() -> None:
    """Screen, replay, print both and write them."""
    arguments = _arguments()
    collect_seldom()
    broker, store = servers(arguments.broker)
    with broker, store:
        addresses = {"kafka.bootstrap_servers": broker.bootstrap_servers, "store.url": store.url}
        settings = load_settings({**client_settings(arguments.broker), **addresses})
        create_topics(admin_client(settings.kafka), settings.topics)
        publish(settings, settings.topics.manifests, recorded_manifests(arguments.parcels))
        live = _spent(lambda: _screen(settings, arguments.parcels), arguments.parcels)
        _teach(settings, arguments.parcels)
        replays: list[ModelReplay] = []
        again = _spent(
            lambda: replays.append(replay_with_model(MAIN, None, Period(), settings)),
            arguments.parcels,
        )
    _show(live, again, replays[0])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.replay", description=__doc__)
    parser.add_argument("--parcels", type=int, default=60_000)
    parser.add_argument("--broker", choices=["kafka", "embedded"], default="kafka")
    return parser.parse_args()


def _spent(work: Callable[[], None], parcels: int) -> Spent:
    started, cpu = perf_counter(), process_time()
    work()
    seconds = perf_counter() - started, process_time() - cpu
    return Spent(*(one * 1e6 / parcels for one in seconds))


def _screen(settings: Settings, parcels: int) -> None:
    worker = Worker(settings, health_of("screening"))
    done = 0
    while done < parcels:
        done += worker.step()
    worker.close()


def _teach(settings: Settings, parcels: int) -> None:
    """Publish outcomes of what was held, and a model that has learnt half of them."""
    held = _held(settings, parcels)
    inspector = Inspector(1, error_rate=0.1)
    outcomes = [encode(inspector.inspect(one, (), utc_now())) for one in held]
    publish(settings, settings.topics.outcomes, outcomes)
    model = taught_model(main_recipe(settings).extractor, held[: len(held) // 2])
    open_registry(settings).publish(model, 0, utc_now())


def _held(settings: Settings, parcels: int) -> list[Decision]:
    reader = TopicReader(settings.kafka, [settings.topics.hold])
    held: list[Decision] = []
    while records := reader.read(_READ, _WAIT_SECONDS if not held else 1.0):
        held += [decode_decision(one.value()) for one in records]
    reader.close()
    if not held:
        raise RuntimeError(f"expected holds among {parcels} parcels, got none")
    return held


def _show(live: Spent, again: Spent, replay: ModelReplay) -> None:
    ratio = live.elapsed / again.elapsed
    for name, spent in (("live", live), ("replay", again)):
        print(f"{name:<8} {spent.elapsed:6.1f} us a parcel, {spent.cpu:6.1f} of processor time")
    print(
        f"{replay.decisions:,} decisions, {replay.missing} missing: replay is {ratio:.2f}x as fast"
        f" as live, on {machine()['cores']} cores"
    )
    figures = {"live": live.elapsed, "replay": again.elapsed, "ratio": ratio}
    write_results("replay", {"decisions": replay.decisions, "microseconds": figures})


if __name__ == "__main__":
    main()
