"""Settings: defaults, a TOML file, and the environment (`GREENLANE_*`), in rising order."""

from __future__ import annotations

import difflib
import os
import socket
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

ENV_PREFIX: Final = "GREENLANE_"
NESTING: Final = "__"
CONFIG_VARIABLE: Final = "GREENLANE_CONFIG"


class SettingsError(ValueError):
    """Settings that cannot be used. One line: which, expected, got."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KafkaSettings(_Section):
    """How to reach the broker."""

    bootstrap_servers: str = "127.0.0.1:9092"
    session_timeout_ms: int = Field(45_000, ge=1_000)
    heartbeat_interval_ms: int = Field(3_000, ge=100)
    fetch_wait_max_ms: int = Field(50, ge=1, description="Longest wait for new records.")
    transaction_timeout_ms: int = Field(60_000, ge=1_000)
    client: dict[str, str] = Field(
        default_factory=dict, description="Further librdkafka properties, such as security."
    )


class StoreSettings(_Section):
    """How to reach Redis or Valkey."""

    url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    timeout_seconds: float = Field(5.0, gt=0)


class TopicSettings(_Section):
    """Names of the topics, and how they are created."""

    manifests: str = "parcels.manifests"
    orders: str = "parcels.orders"
    hold: str = "parcels.hold"
    clear: str = "parcels.clear"
    rejected: str = "parcels.rejected"
    outcomes: str = "parcels.outcomes"
    training: str = "parcels.training"
    partitions: int = Field(6, ge=1, le=1_000)
    replication: int = Field(1, ge=1, le=9)


class ModelSettings(_Section):
    """What is scored and learnt."""

    spec: str = "parcels"
    bits: int = Field(22, ge=10, le=28, description="The weight table has 2^bits slots.")
    alpha: float = Field(0.4, gt=0)
    beta: float = Field(1.0, ge=0)
    l1: float = Field(0.0, ge=0)
    l2: float = Field(1.0, ge=0)


class PolicySettings(_Section):
    """What is held."""

    hold_share: float = Field(0.03, ge=0, lt=1, description="Share of parcels to hold.")
    explore_share: float = Field(0.005, ge=0, lt=1, description="Part of it drawn at random.")
    window: int = Field(5_000, ge=100, description="Scores that the threshold looks back on.")
    lottery_key: SecretStr = SecretStr("change-me")


class WorkerSettings(_Section):
    """The screening worker."""

    group: str = "greenlane-worker"
    instance: str = Field(
        default_factory=socket.gethostname,
        description="Stable over restarts, and unique among the workers of a group.",
    )
    batch_size: int = Field(2_000, ge=1, le=100_000)
    model_poll_seconds: float = Field(1.0, gt=0, description="How often to look for a new model.")


class LearnerSettings(_Section):
    """The learner."""

    group: str = "greenlane-learner"
    batch_size: int = Field(1_000, ge=1, le=100_000)
    mini_batch: int = Field(64, ge=1, le=10_000, description="Most labels learnt in one update.")
    snapshot_seconds: float = Field(2.0, gt=0)
    outcome_wait_days: float = Field(60.0, gt=0, description="How long a hold waits for its label.")


class MetricsSettings(_Section):
    """The Prometheus endpoint; port 0 turns it off."""

    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65_535)


class Settings(BaseSettings):
    """All settings of Greenlane.

    Environment names are the path in capitals, levels joined by two underscores:
    `GREENLANE_KAFKA__BOOTSTRAP_SERVERS`.
    """

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_nested_delimiter=NESTING, extra="forbid", frozen=True
    )

    kafka: KafkaSettings = KafkaSettings()
    store: StoreSettings = StoreSettings()
    topics: TopicSettings = TopicSettings()
    model: ModelSettings = ModelSettings()
    policy: PolicySettings = PolicySettings()
    worker: WorkerSettings = WorkerSettings()
    learner: LearnerSettings = LearnerSettings()
    metrics: MetricsSettings = MetricsSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the environment first, then the file named by `GREENLANE_CONFIG`."""
        path = os.environ.get(CONFIG_VARIABLE)
        toml = TomlConfigSettingsSource(settings_cls, toml_file=path)
        return (init_settings, env_settings, toml)


def load_settings(overrides: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in force; `overrides` by path come before everything else.

    Raises `SettingsError` for an unknown key or a wrong value.
    """
    path = os.environ.get(CONFIG_VARIABLE)
    if path and not Path(path).is_file():
        raise SettingsError(f"{CONFIG_VARIABLE}: expected a TOML file, got {path!r}")
    _refuse_unknown_variables(os.environ)
    try:
        return Settings(**_nested(overrides or {}))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: expected TOML, got {error}") from None
    except ValidationError as error:
        raise SettingsError(_first_problem(error)) from None


def environment_of(overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a child process that shall see these settings.

    >>> environment_of({"model.spec": "parcels"})["GREENLANE_MODEL__SPEC"]
    'parcels'
    """
    return {**os.environ, **{variable_of(name): value for name, value in overrides.items()}}


def _nested(overrides: Mapping[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, value in overrides.items():
        section, _, name = path.partition(".")
        tree.setdefault(section, {})[name] = value
    return tree


def setting_names() -> list[str]:
    """Return the path of every setting, such as `kafka.bootstrap_servers`."""
    return list(_names(Settings, ""))


def variable_of(name: str) -> str:
    """Return the environment variable of a setting.

    >>> variable_of("kafka.bootstrap_servers")
    'GREENLANE_KAFKA__BOOTSTRAP_SERVERS'
    """
    return ENV_PREFIX + name.replace(".", NESTING).upper()


def _names(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, info in model.model_fields.items():
        inner = info.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _names(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _refuse_unknown_variables(environ: Mapping[str, str]) -> None:
    known = {variable_of(name) for name in setting_names()} | {CONFIG_VARIABLE}
    # A dictionary's keys are nested further: GREENLANE_KAFKA__CLIENT__<property>.
    open_ended = variable_of("kafka.client") + NESTING
    for variable in environ:
        if not variable.startswith(ENV_PREFIX) or variable.startswith(open_ended):
            continue
        if variable not in known:
            raise SettingsError(_unknown(variable, sorted(known)))


def _unknown(got: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(got, known, n=1, cutoff=0.0)[0]
    return f"{got}: expected a known setting, got an unknown one; the nearest is {nearest}"


def _first_problem(error: ValidationError) -> str:
    problem: Mapping[str, Any] = error.errors()[0]
    name = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        return _unknown(name, setting_names())
    return f"{name}: {problem['msg']}, got {problem['input']!r}"
