"""What all contestants of a run share: one broker, one store, and one recorded input."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from confluent_kafka.admin import AdminClient, NewTopic
from redis import Redis

from bench.servers import BrokerName, client_settings, servers
from bench.speed.inputs import Recording, lines_of
from bench.speed.policies import write_policies
from bench.speed.training import trained_model
from scorers.model.model import Model
from streams.clock import utc_now
from streams.kafka.clients import admin_client, plain_producer
from streams.kafka.producing import Output
from streams.kafka.topics import create_topics
from streams.publishing import Publisher, manifest_key, order_key
from streams.registry.opening import open_registry
from streams.settings import Settings, load_settings

PARTITIONS: Final = 4
_TOPIC_SECONDS: Final = 20.0
_TAUGHT: Final = 20_000


@dataclass(frozen=True)
class Load:
    """The input as it stands in the broker."""

    recording: Recording
    rules: int = 200
    orders: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)
    """Of our own processes, beside those of the bench."""


class Stage:
    """Servers with the input, for as long as the `with` block lasts."""

    def __init__(self, broker: BrokerName, load: Load) -> None:
        self._broker_name = broker
        self._load = load
        self._stack = ExitStack()
        self._settings: dict[str, str] = {}
        self._model = Model()
        self.folder: Path
        self.pids: dict[str, int]

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="greenlane-"))
            )
            broker, store = servers(self._broker_name)
            stack.enter_context(broker)
            stack.enter_context(store)
            self.pids = {"broker": broker.pid or 0, "store": store.pid or 0}
            self._settings = {
                **client_settings(self._broker_name),
                "kafka.bootstrap_servers": broker.bootstrap_servers,
                "store.url": store.url,
                "topics.partitions": str(PARTITIONS),
                "policy.lottery_key": "bench-key",
                "profiles.secret": "bench-secret",
                **self._load.settings,
            }
            self._prepare()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def sample(self) -> Path:
        """A file that begins with the first manifests."""
        return self._load.recording.manifests

    def settings(self, further: dict[str, str] | None = None) -> Settings:
        """Return the settings of our processes on these servers."""
        return load_settings(self.overrides(further))

    def overrides(self, further: dict[str, str] | None = None) -> dict[str, str]:
        """Return the settings by name."""
        return {**self._settings, **(further or {})}

    def new_topic(self, name: str) -> None:
        """Make the output topic of a contestant."""
        admin = AdminClient({"bootstrap.servers": self._settings["kafka.bootstrap_servers"]})
        admin.create_topics([NewTopic(name, PARTITIONS)])[name].result(_TOPIC_SECONDS)

    def fresh_store(self) -> None:
        """Empty the store but for the model, so that every round starts alike."""
        settings = self.settings()
        with Redis.from_url(settings.store.url.get_secret_value()) as store:
            store.flushall()
        open_registry(settings).publish(self._model, 0, utc_now())

    def _prepare(self) -> None:
        settings = self.settings()
        create_topics(admin_client(settings.kafka), settings.topics)
        first = list(islice(lines_of(self._load.recording.manifests), _TAUGHT))
        self._settings |= write_policies(self.folder / "policy", first, self._load.rules)
        self._model = trained_model(first)

    def publish(self) -> None:
        """Record the input into the broker, orders first, as they are older than their parcels."""
        settings = self.settings()
        producer = plain_producer(settings.kafka)
        files = self._load.recording
        for path, topic, key in (
            (files.orders, settings.topics.orders, order_key),
            (files.manifests, settings.topics.manifests, manifest_key),
        ):
            if topic == settings.topics.orders and not self._load.orders:
                continue
            outputs = (Output(topic, key(value), value) for value in lines_of(path))
            Publisher(producer).publish(outputs)
