"""Apache Kafka, one node or three, from its Maven artifacts: no Docker, no root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar, Final, Self

from confluent_kafka.admin import AdminClient

from streams.embedded import BrokerServer
from streams.processes import LOOPBACK, free_port
from tests.servers.maven import kafka_jars
from tests.servers.restarting import RestartingServer, ServerFailedError, ServerUnavailable

NODES: Final = 3
_FORMAT_SECONDS: Final = 60.0

# Starts in half the time of the default compiler and collector; the peak speed is not needed.
_JVM: Final = [
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
]
_HEAP: Final = ["-Xms256m", "-Xmx512m", "-XX:+ExitOnOutOfMemoryError"]

_SETTINGS: Final = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    "message.max.bytes": 16 * 1024**2,
    # Internal topics are made on first use; each partition costs time and files.
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.num.partitions": 4,
    # Groups form at once, and notice a dead member within a test's patience.
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    "group.consumer.min.session.timeout.ms": 1000,
    "group.consumer.session.timeout.ms": 6000,
    "group.consumer.min.heartbeat.interval.ms": 100,
    "group.consumer.heartbeat.interval.ms": 500,
    # A killed broker comes back only when the controller has given up its predecessor.
    "broker.session.timeout.ms": 1500,
    "broker.heartbeat.interval.ms": 300,
    # Transactions past their timeout are aborted within this time; the default is 10 s.
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": 500,
    # The default of 128 MiB would be a quarter of the heap.
    "log.cleaner.dedupe.buffer.size": 8 * 1024**2,
}


class ApacheKafka(RestartingServer, BrokerServer):
    """A KRaft broker and controller in one process; after `kill` it has its records again."""

    name = "Apache Kafka"
    settings: ClassVar[Mapping[str, object]] = {}
    """Of the broker, beside those of the tests."""

    start_seconds = 60.0
    stop_seconds = 30.0

    def __init__(
        self,
        find_port: Callable[[], int] = free_port,
        number: int = 1,
        controllers: Mapping[int, int] | None = None,
    ) -> None:
        """Of several nodes this is `number`; `controllers` are the ports of all, by number."""
        super().__init__(find_port)
        self._number = number
        self._controllers = dict(controllers or {})

    def stop(self) -> None:
        """Stop the broker, remove its files, and keep its class archive for later starts."""
        if self._child is not None and self._files is not None:
            self._child.stop(self.stop_seconds)
            _keep_archive(Path(self._files.name))
        super().stop()

    def _command(self, directory: Path, /) -> list[str]:
        properties = directory / "server.properties"
        if not properties.exists():
            self._controllers = self._controllers or {self._number: self._find_port()}
            properties.write_text(self._properties(directory))
            _format(properties, self.cluster_id)
        crash_file = f"-XX:ErrorFile={directory}/crash.log"
        java = _java(*_HEAP, crash_file, _archive_option(directory))
        return [*java, "kafka.Kafka", str(properties)]

    @property
    def _controller(self) -> str:
        """The listener of the node's controller."""
        return f"CONTROLLER://{LOOPBACK}:{self._controllers[self._number]}"

    def _properties(self, directory: Path) -> str:
        clients = f"PLAINTEXT://{self.address}"
        voters = (f"{number}@{LOOPBACK}:{port}" for number, port in self._controllers.items())
        place = {
            "node.id": self._number,
            "listeners": f"{clients},{self._controller}",
            "advertised.listeners": clients,
            "controller.quorum.voters": ",".join(voters),
            "log.dirs": directory / "logs",
        }
        replicated = _replicated(len(self._controllers))
        settings = {**_SETTINGS, **self.settings, **replicated, **place}
        return "".join(f"{key}={value}\n" for key, value in settings.items())


class KafkaCluster:
    """Three nodes: every record is on all of them, and acknowledged when two have it."""

    def __init__(self) -> None:
        controllers = {number: free_port() for number in range(1, NODES + 1)}
        self.nodes = [ApacheKafka(free_port, number, controllers) for number in controllers]
        for node in self.nodes:
            node.cluster_id = self.nodes[0].cluster_id

    @property
    def bootstrap_servers(self) -> str:
        """The addresses for Kafka clients."""
        return ",".join(node.bootstrap_servers for node in self.nodes)

    def start(self) -> Self:
        """Start the nodes at once: none is ready before most are there."""
        with ThreadPoolExecutor(NODES) as pool:
            starting = [pool.submit(node.start) for node in self.nodes]
        try:
            for one in starting:
                one.result()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the nodes."""
        with ThreadPoolExecutor(NODES) as pool:
            stopping = [pool.submit(node.stop) for node in self.nodes]
        for one in stopping:
            one.result()

    def leader(self, topic: str, partition: int = 0) -> ApacheKafka:
        """Return the node that leads a partition."""
        found = self._admin().list_topics(topic, timeout=_FORMAT_SECONDS)
        leader = found.brokers[found.topics[topic].partitions[partition].leader]
        return self._at(leader.host, leader.port)

    def coordinator(self, group: str) -> ApacheKafka:
        """Return the node that coordinates a group."""
        admin = self._admin()  # it must live until the answer has come
        asked = admin.describe_consumer_groups([group])[group]
        coordinator = asked.result(_FORMAT_SECONDS).coordinator
        return self._at(coordinator.host, coordinator.port)

    def _admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.bootstrap_servers})

    def _at(self, host: str, port: int) -> ApacheKafka:
        return next(one for one in self.nodes if one.address == f"{host}:{port}")


def _replicated(nodes: int) -> dict[str, int]:
    """Return how often the broker's own topics are there."""
    least = max(nodes - 1, 1)
    return {
        "offsets.topic.replication.factor": nodes,
        "transaction.state.log.replication.factor": nodes,
        "transaction.state.log.min.isr": least,
        "share.coordinator.state.topic.replication.factor": nodes,
        "share.coordinator.state.topic.min.isr": least,
    }


def _java(*options: str) -> list[str]:
    """Return the beginning of a command that runs one of the broker's classes."""
    java = shutil.which("java")
    if java is None:
        raise ServerUnavailable("Apache Kafka needs Java 17 (apt-get install openjdk-17-jre)")
    return [java, *_JVM, *options, "-cp", f"{kafka_jars()}/*"]


def _format(properties: Path, cluster_id: str) -> None:
    options = [f"--cluster-id={cluster_id}", f"--config={properties}"]
    command = [*_java(), "kafka.tools.StorageTool", "format", *options]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=_FORMAT_SECONDS, check=False
    )
    if done.returncode != 0:
        said = " | ".join((done.stderr or done.stdout).strip().splitlines()[-2:])
        raise ServerFailedError(f"Apache Kafka cannot format its storage: {said}")


def _archive() -> Path:
    return kafka_jars() / "broker.jsa"


def _archive_option(directory: Path) -> str:
    """Use the archive of loaded classes (a second less per start), or write one on a good exit."""
    if _archive().exists():
        return f"-XX:SharedArchiveFile={_archive()}"
    return f"-XX:ArchiveClassesAtExit={directory / 'broker.jsa'}"


def _keep_archive(directory: Path) -> None:
    written = directory / "broker.jsa"
    if written.exists() and not _archive().exists():
        beside = _archive().with_name(f"broker.{os.getpid()}.tmp")
        shutil.copyfile(written, beside)
        beside.replace(_archive())
