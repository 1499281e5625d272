"""The sections of the settings: what can be set, in which bounds, and the defaults."""

from __future__ import annotations

import socket
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

_LEAST_SECRET: Final = 8
CLUSTER_SUFFIX: Final = "+cluster"
_SCHEMES: Final = ("redis", "rediss", "unix", "redis+cluster", "rediss+cluster")


def _url_problem(url: str) -> str:
    """Return what is wrong with a store's URL, without showing its password; "" if nothing.

    >>> _url_problem("http://127.0.0.1:6379")
    "expected a URL of redis, rediss, unix, redis+cluster, rediss+cluster; got one of 'http'"
    """
    scheme, separator, rest = url.partition("://")
    if scheme not in _SCHEMES or not separator:
        got = f"one of {scheme!r}" if separator else "none"
        return f"expected a URL of {', '.join(_SCHEMES)}; got {got}"
    if not scheme.endswith(CLUSTER_SUFFIX):
        return ""
    parts = urlsplit(f"//{rest}")
    hosts = parts.netloc.rpartition("@")[2].split(",")
    if not all(map(_is_host, hosts)):
        return f"expected HOST:PORT,HOST:PORT of a cluster's nodes; got {','.join(hosts)!r}"
    if parts.path not in ("", "/", "/0"):
        return f"expected no database, since a cluster has only one; got {parts.path!r}"
    return ""


def _is_host(text: str) -> bool:
    try:
        parts = urlsplit(f"//{text}")
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_switch(cls, value: object) -> object:
        # pydantic takes true for the number 1, and no setting is a switch.
        if isinstance(value, bool):
            raise PydanticCustomError("switch", "Input should be a number or text")
        return value


def _user_and_password(secret: SecretStr) -> SecretStr:
    user, _, password = secret.get_secret_value().partition(":")
    if (user or password) and not (user and len(password) >= _LEAST_SECRET):
        raise ValueError(f"expected `user:password`, of at least {_LEAST_SECRET} characters")
    return secret


_Credentials = Annotated[SecretStr, AfterValidator(_user_and_password)]


class KafkaSettings(_Section):
    """How to reach the broker."""

    bootstrap_servers: str = "127.0.0.1:9092"
    session_timeout_ms: int = Field(45_000, ge=1_000)
    heartbeat_interval_ms: int = Field(3_000, ge=100)
    fetch_wait_max_ms: int = Field(50, ge=1, description="Longest wait for new records.")
    transaction_timeout_ms: int = Field(
        20_000,
        ge=1_000,
        description="How long a transaction that lost its coordinator can hold readers back.",
    )
    client: dict[str, str] = Field(
        default_factory=dict,
        description="Further librdkafka properties, such as security.",
        repr=False,
    )

    @property
    def transaction_seconds(self) -> float:
        """How long a broker lets a transaction be open."""
        return self.transaction_timeout_ms / 1_000


class StoreSettings(_Section):
    """How to reach Redis or Valkey."""

    url: SecretStr = Field(
        SecretStr("redis://127.0.0.1:6379/0"),
        description="redis+cluster://HOST:PORT,HOST:PORT for a cluster, of which any nodes.",
    )
    timeout_seconds: float = Field(5.0, gt=0)

    @field_validator("url")
    @classmethod
    def _can_be_used(cls, url: SecretStr) -> SecretStr:
        problem = _url_problem(url.get_secret_value())
        if problem:
            raise ValueError(problem)
        return url


class TopicSettings(_Section):
    """Names of the topics, and how they are created."""

    manifests: str = "parcels.manifests"
    orders: str = "parcels.orders"
    hold: str = "parcels.hold"
    clear: str = "parcels.clear"
    rejected: str = "parcels.rejected"
    outcomes: str = "parcels.outcomes"
    training: str = "parcels.training"
    alerts: str = "parcels.alerts"
    lane_stats: str = "parcels.lane-stats"
    held_stats: str = "parcels.held-stats"
    ioss_deltas: str = "parcels.ioss-deltas"
    ioss_ledger: str = "parcels.ioss-ledger"
    clearance: str = "parcels.clearance"
    partitions: int = Field(6, ge=1, le=1_000)
    replication: int = Field(1, ge=1, le=9)
    cloudevents_source: str | None = Field(
        None,
        pattern=r"^[!-~]*$",
        description="Gives decisions, rejects and alerts CloudEvents headers with this source, "
        "a URI such as `/greenlane`; empty: none.",
    )


class ProfileSettings(_Section):
    """What shippers, addresses and lanes did before, kept in the store."""

    mode: Literal["on", "off"] = "on"
    secret: SecretStr = Field(
        SecretStr("change-me-too"), description="Keys the hashes of names and addresses."
    )
    former_secrets: tuple[SecretStr, ...] = Field(
        (), description="Those before `secret`, the oldest first; see `greenlane profiles rotate`."
    )
    shards: int = Field(1, ge=1, le=1024, description="1 for a single server; a cluster has more.")
    days: int = Field(60, ge=1, le=60, description="How long an entity is remembered, at least.")
    order_days: int = Field(30, ge=1, le=365)
    when_down: Literal["wait", "degrade"] = Field(
        "wait", description="Without the store: wait for it, or decide without profiles."
    )
    patience_seconds: float = Field(10.0, ge=0, description="Before decisions are degraded.")

    @field_validator("secret")
    @classmethod
    def _is_long_enough(cls, secret: SecretStr) -> SecretStr:
        return _long_enough(secret)

    @field_validator("former_secrets")
    @classmethod
    def _are_long_enough(cls, secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        return tuple(map(_long_enough, secrets))


class ModelSettings(_Section):
    """What is scored and learnt."""

    spec: str = "parcels"
    bits: int = Field(22, ge=10, le=28, description="The weight table has 2^bits slots.")
    alpha: float = Field(0.2, gt=0, allow_inf_nan=False)
    beta: float = Field(1.0, ge=0)
    l1: float = Field(0.0, ge=0)
    l2: float = Field(0.0, ge=0)
    importance: float = Field(
        1.0, ge=1, le=1_000, description="Bound of inverse propensities as weights; 1: none."
    )
    signing_key: SecretStr = Field(
        SecretStr("change-me-as-well"), description="Signs what the registry keeps."
    )
    keep_versions: int = Field(10, ge=1, le=1_000, description="Of each lineage.")

    @field_validator("signing_key")
    @classmethod
    def _is_long_enough(cls, secret: SecretStr) -> SecretStr:
        return _long_enough(secret)


class PolicySettings(_Section):
    """What is held."""

    hold_share: float = Field(0.03, ge=0, lt=1, description="Share of parcels to hold.")
    explore_share: float = Field(0.005, ge=0, lt=1, description="Part of it drawn at random.")
    window: int = Field(
        1_024, ge=100, description="Scores of each office that its threshold looks back on."
    )
    budgets: str = Field("", description="TOML file of budgets by office; hold_share if empty.")
    rules: str = Field("", description="YAML file or folder of analysts' rules.")
    lists: str = Field("", description="CSV file or folder of watch lists and others.")
    reference: str = Field("", description="Folder of duty and tax data; empty: as delivered.")
    poll_seconds: float = Field(0.5, gt=0, description="How often to look for changed files.")
    queue_hours: float = Field(
        168.0, gt=0, description="How long a hold without an outcome counts as waiting."
    )
    lottery_key: SecretStr = SecretStr("change-me")

    @model_validator(mode="after")
    def _explores_within_what_it_holds(self) -> Self:
        if self.explore_share > self.hold_share:
            shares = f"{self.explore_share} > {self.hold_share}"
            raise ValueError(f"expected explore_share <= hold_share, got {shares}")
        return self


class WorkerSettings(_Section):
    """The screening worker."""

    group: str = "greenlane-worker"
    instance: str = Field(
        default_factory=socket.gethostname,
        description="Stable over restarts, and unique among the workers of a group.",
    )
    batch_size: int = Field(
        4_000, ge=1, le=100_000, description="Most records at once; what is at hand if it is less."
    )
    model_poll_seconds: float = Field(1.0, gt=0, description="How often to look for a new model.")
    alert_poll_seconds: float = Field(1.0, gt=0, description="How often to look for alerts.")


class DriftSettings(_Section):
    """What the learner watches, and what it does when quality falls or labels stop."""

    warm_up: int = Field(1_000, ge=0, description="Labels before anything is told of.")
    rest: int = Field(1_000, ge=0, description="Labels until the same signal is told of again.")
    delta: float = Field(0.0005, gt=0, lt=1, description="False alarms of ADWIN, roughly.")
    alpha: float = Field(1e-6, gt=0, lt=1, description="False alarms of KSWIN, roughly.")
    tripwire_labels: int = Field(1_000, ge=200, description="Newest labels that it looks at.")
    tripwire_sigmas: float = Field(
        4.0, gt=0, description="How sure it must be that rules or an older version do better."
    )
    tripwire: Literal["fall-back", "alert", "off"] = "fall-back"
    silent_hours: float = Field(48.0, gt=0, description="Without labels while holds are made.")
    when_silent: Literal["alert", "rules"] = "alert"


class PromotionSettings(_Section):
    """When a challenger takes over by itself."""

    rule: Literal["by-hand", "significance"] = "by-hand"
    margin: float = Field(0.01, ge=0, le=1, description="Least gain in precision at the budget.")
    level: float = Field(0.99, gt=0.5, lt=1, description="Of the interval that must exceed it.")
    least_labels: int = Field(5_000, ge=200, description="Scored by both, since the last change.")
    every_labels: int = Field(1_000, ge=1, description="How often it is looked at.")


class ChallengerSettings(_Section):
    """A model that folds the training log beside the main one."""

    model: str = Field(
        "greenlane", description="greenlane, or the import path of a River classifier."
    )
    options: dict[str, int | float | str] = Field(
        default_factory=dict,
        description="Of ours: spec, bits, alpha, beta, l1, l2, importance; else arguments.",
    )
    inputs: Literal["one-hot", "numbers"] = Field("one-hot", description="How River sees texts.")
    share: float = Field(1.0, gt=0, le=1, description="Share of the labels that River scores.")
    history: int = Field(20_000, ge=0, description="Labels that River learns after a restart.")


class LearnerSettings(_Section):
    """The learner."""

    group: str = "greenlane-learner"
    batch_size: int = Field(4_000, ge=1, le=100_000)
    mini_batch: int = Field(64, ge=1, le=10_000, description="Most labels learnt in one update.")
    snapshot_seconds: float = Field(2.0, gt=0)
    version_seconds: float = Field(
        3_600.0, gt=0, description="How often a snapshot is kept as a version to go back to."
    )
    outcome_wait_days: float = Field(60.0, gt=0, description="How long a hold waits for its label.")
    challengers: dict[str, ChallengerSettings] = Field(
        default_factory=dict, description="By name; their figures are in `model list`."
    )
    source_share: float = Field(
        0.25, gt=0, le=1, description="Most weight of recent labels that one source may have."
    )
    source_window: int = Field(5_000, ge=100, description="Labels that are recent in this.")
    burst_labels: float = Field(
        2_000, gt=0, description="Labels of a source in an hour that are never a burst."
    )
    burst_factor: float = Field(
        20.0, gt=1, description="A burst is so many times what the source usually reports."
    )


class TowerSettings(_Section):
    """The control tower."""

    group: str = "greenlane-tower"
    instance: str = Field(
        default_factory=socket.gethostname,
        description="Stable over restarts, and unique among the towers of a group.",
    )
    wait_days: float = Field(60.0, gt=0, description="How long a hold waits for its release.")
    flush_seconds: float = Field(5.0, gt=0, description="How often what has changed is written.")
    host: str = "127.0.0.1"
    port: int = Field(6_066, ge=1, le=65_535, description="Of its pages.")
    credentials: _Credentials = Field(
        SecretStr(""), description="User and password that the pages ask for; empty: they do not."
    )


class BridgeSettings(_Section):
    """A schema registry, for `greenlane bridge`; nothing else asks it."""

    url: str = Field("", description="Of a registry with Confluent's interface.")
    credentials: SecretStr = Field(SecretStr(""), description="User and password: `user:secret`.")
    group: str = "greenlane-bridge"


class MetricsSettings(_Section):
    """The Prometheus endpoint; port 0 turns it off."""

    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65_535)
    credentials: _Credentials = Field(
        SecretStr(""), description="User and password that /metrics asks for; empty: it does not."
    )


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < _LEAST_SECRET:
        raise ValueError(f"expected at least {_LEAST_SECRET} characters")
    return secret
