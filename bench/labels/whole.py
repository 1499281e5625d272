"""The learner as a whole, from topics to weights."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter, process_time
from typing import Final

from bench.publishing import publish
from bench.servers import servers
from streams.kafka.clients import admin_client
from streams.kafka.topics import create_topics
from streams.learner import Learner
from streams.monitoring import health_of
from streams.settings import load_settings

_PATIENCE_SECONDS: Final = 120.0
_WARM_UP: Final = 1_000
"""Labels for which the learner joins its group and loads what it runs."""


def whole(holds: Sequence[bytes], outcomes: Sequence[bytes]) -> tuple[float, float]:
    """Return labels a second, and microseconds of the learner's process a label."""
    broker, store = servers("kafka")
    with broker, store:
        addresses = {"kafka.bootstrap_servers": broker.bootstrap_servers, "store.url": store.url}
        settings = load_settings({**addresses, "policy.lottery_key": "bench"})
        create_topics(admin_client(settings.kafka), settings.topics)
        publish(settings, settings.topics.hold, holds[:_WARM_UP])
        publish(settings, settings.topics.outcomes, outcomes[:_WARM_UP])
        learner = Learner(settings, health_of("outcomes"))
        _run(learner, _WARM_UP)
        publish(settings, settings.topics.hold, holds[_WARM_UP:])
        publish(settings, settings.topics.outcomes, outcomes[_WARM_UP:])
        started, spent = perf_counter(), process_time()
        _run(learner, len(outcomes))
        seconds, spent = perf_counter() - started, process_time() - spent
        learner.close()
    count = len(outcomes) - _WARM_UP
    return count / seconds, spent * 1e6 / count


def _run(learner: Learner, labels: int) -> None:
    deadline = perf_counter() + _PATIENCE_SECONDS
    while learner.labels < labels:
        learner.step()
        if perf_counter() > deadline:
            raise TimeoutError(f"expected {labels} labels, got {learner.labels}")
