"""Broker and store of a bench: embedded, or Apache Kafka and Redis as the tests start them."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final, Literal

from streams.embedded import BrokerServer, EmbeddedBroker, EmbeddedStore, StoreServer
from streams.session import EMBEDDED_SETTINGS
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer

BrokerName = Literal["embedded", "kafka"]

_FOR_TESTS: Final = {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}
_HEAP: Final = {"-Xms256m": "-Xms1g", "-Xmx512m": "-Xmx2g"}


class TunedKafka(ApacheKafka):
    """Apache Kafka with the JVM's usual compiler and a heap for load, not for a quick start."""

    def _command(self, directory: Path, /) -> list[str]:
        words = [word for word in super()._command(directory) if word not in _FOR_TESTS]
        # The tests' archive of classes belongs to their collector.
        words = [word for word in words if "Archive" not in word]
        return [_HEAP.get(word, word) for word in words]


def warm() -> None:
    """Compile what is compiled on first use, so that no process does it while others wait."""
    subprocess.run([sys.executable, "-m", "streams.warmed"], check=True)


def servers(broker: BrokerName) -> tuple[BrokerServer, StoreServer]:
    """Return a broker and a store, not yet started."""
    if broker == "kafka":
        return TunedKafka(), RedisServer()
    return EmbeddedBroker(), EmbeddedStore()


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add the option for settings of our processes, whose value is a list of pairs."""
    parser.add_argument(
        "--set", dest="settings", metavar="NAME=VALUE", action="append", type=_setting, default=[],
        help="a setting of Greenlane, such as profiles.mode=off",
    )  # fmt: skip


def _setting(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def client_settings(broker: BrokerName) -> dict[str, str]:
    """Return the settings of our processes that suit a broker."""
    return dict(EMBEDDED_SETTINGS) if broker == "embedded" else {}
