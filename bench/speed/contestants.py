"""Who takes part: the client's limit, Greenlane, and peers with two sets of features."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.speed.environments import python_of
from bench.speed.stage import Stage
from scorers.features.fields import Signal
from scorers.specs.parcel_history import HISTORY_FIELDS
from scorers.specs.parcels import SPEC
from streams.kafka.clients import RETRY_BACKOFF_MS, consumer_config
from streams.processes import free_port
from streams.settings import environment_of

_PEERS: Final = Path(__file__).with_name("peers")
_PRODUCING: Final = {
    "queue.buffering.max.messages": 500_000,
    "linger.ms": 5,
    "compression.type": "lz4",
    "transaction.timeout.ms": 60_000,
    "retry.backoff.ms": RETRY_BACKOFF_MS,
}
"""As our own producer is set."""

_TOPICS: Final = ("hold", "clear", "rejected", "alerts")


@dataclass(frozen=True)
class Started:
    """A command to run, in which environment, and the topics in which its decisions come."""

    command: list[str]
    environment: dict[str, str] | None
    topics: list[str]


@dataclass(frozen=True)
class Peer:
    """A program under `peers/`, with the features that it scores with, if any."""

    name: str
    script: str
    environment: str = ""
    features: str = ""

    def start(self, stage: Stage, run: str) -> Started:
        """Make the output topic and return how to start; may raise `NotInstalledError`."""
        target = f"out-{run}"
        python = python_of(self.environment)
        stage.new_topic(target)
        job = json.dumps(self._job(stage, run, target))
        return Started([str(python), str(_PEERS / self.script), job], None, [target])

    def _job(self, stage: Stage, run: str, target: str) -> dict[str, Any]:
        settings = stage.settings()
        folder = stage.folder / run
        folder.mkdir()
        return {
            "servers": settings.kafka.bootstrap_servers,
            "source": settings.topics.manifests,
            "target": target,
            "name": run,
            "features": self.features,
            "crosses": same_crosses(),
            "sample": str(stage.sample),
            "consumer": _plain(consumer_config(settings.kafka, run)),
            "producer": {"bootstrap.servers": settings.kafka.bootstrap_servers, **_PRODUCING},
            "folder": str(folder),
        }


@dataclass(frozen=True)
class Greenlane:
    """The worker with everything on."""

    name: str = "greenlane"
    instance: str = "1"

    def start(self, stage: Stage, run: str) -> Started:
        """Make the output topics, empty the store, and return how to start."""
        topics = [f"out-{run}-{kind}" for kind in _TOPICS]
        for topic in topics:
            stage.new_topic(topic)
        stage.fresh_store()
        own = {
            **{f"topics.{kind}": name for kind, name in zip(_TOPICS, topics, strict=True)},
            "worker.group": run,
            "worker.instance": self.instance,
            "metrics.port": str(free_port()),
        }
        command = [sys.executable, "-m", "streams.cli", "worker"]
        return Started(command, environment_of(stage.overrides(own)), topics[:3])


Contestant = Peer | Greenlane


def contestants() -> list[Contestant]:
    """Return all, in the order in which each round runs them."""
    peers = [
        ("Faust + River", "faust_agent.py", "faust"),
        ("Quix Streams + River", "quix_streams.py", "quix"),
        ("Bytewax + River", "bytewax_flow.py", "bytewax"),
        ("plain loop + River", "plain_loop.py", ""),
    ]
    return [
        Peer("limit", "limit.py"),
        Greenlane(),
        *(Peer(f"{name}, toy", script, where, "toy") for name, script, where in peers),
        *(Peer(f"{name}, same", script, where, "same") for name, script, where in peers),
    ]


def same_crosses() -> list[list[str]]:
    """Return our features by fields, but those of signals and history.

    A signal takes code of its own and history a store; peers are spared both.
    """
    spared = {field.name for field in SPEC.fields if isinstance(field, Signal)}
    spared |= {field.name for field in HISTORY_FIELDS}
    return [list(cross.fields) for cross in SPEC.features if not spared & {*cross.fields}]


def _plain(config: dict[str, Any]) -> dict[str, Any]:
    """Leave out what JSON cannot carry and what belongs to one client."""
    return {key: value for key, value in config.items() if key not in ("logger", "group.id")}
