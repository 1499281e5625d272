"""Settings: defaults, a TOML file, and the environment (`GREENLANE_*`), in rising order."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_origin

import pydantic_settings
from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from streams.setting_errors import (
    ENV_PREFIX,
    NESTING,
    SettingsError,
    refused,
    types_by_name,
    unknown,
    variable_of,
)
from streams.setting_sections import (
    BridgeSettings,
    DriftSettings,
    KafkaSettings,
    LearnerSettings,
    MetricsSettings,
    ModelSettings,
    PolicySettings,
    ProfileSettings,
    PromotionSettings,
    StoreSettings,
    TopicSettings,
    TowerSettings,
    WorkerSettings,
)

__all__ = [
    "CONFIG_VARIABLE",
    "ENV_PREFIX",
    "BridgeSettings",
    "DriftSettings",
    "KafkaSettings",
    "LearnerSettings",
    "MetricsSettings",
    "ModelSettings",
    "PolicySettings",
    "ProfileSettings",
    "PromotionSettings",
    "Settings",
    "SettingsError",
    "StoreSettings",
    "TopicSettings",
    "TowerSettings",
    "WorkerSettings",
    "environment_of",
    "load_settings",
    "setting_names",
    "variable_of",
]

CONFIG_VARIABLE: Final = "GREENLANE_CONFIG"


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
    profiles: ProfileSettings = ProfileSettings()
    model: ModelSettings = ModelSettings()
    policy: PolicySettings = PolicySettings()
    worker: WorkerSettings = WorkerSettings()
    learner: LearnerSettings = LearnerSettings()
    tower: TowerSettings = TowerSettings()
    drift: DriftSettings = DriftSettings()
    promotion: PromotionSettings = PromotionSettings()
    bridge: BridgeSettings = BridgeSettings()
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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: expected TOML, got {error}") from None
    except pydantic_settings.SettingsError:
        raise SettingsError(f"{_no_json(os.environ)}: expected JSON, got another text") from None
    except ValidationError as error:
        raise refused(error, Settings) from None


def environment_of(overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a child process that shall see these settings.

    >>> environment_of({"model.spec": "parcels"})["GREENLANE_MODEL__SPEC"]
    'parcels'
    """
    return {**os.environ, **{variable_of(name): value for name, value in overrides.items()}}


def _no_json(environ: Mapping[str, str]) -> str:
    """Return the variables whose settings are lists or tables, and which hold no JSON."""
    found = []
    for name, kind in types_by_name(Settings):
        text = environ.get(variable_of(name))
        if text is None or get_origin(kind) not in (dict, tuple):
            continue
        try:
            json.loads(text)
        except ValueError:
            found.append(variable_of(name))
    return ", ".join(found) or f"{ENV_PREFIX}*"


def _nested(overrides: Mapping[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, value in overrides.items():
        section, _, name = path.partition(".")
        tree.setdefault(section, {})[name] = value
    return tree


def setting_names() -> list[str]:
    """Return the path of every setting, such as `kafka.bootstrap_servers`."""
    return [name for name, _ in types_by_name(Settings)]


def _refuse_unknown_variables(environ: Mapping[str, str]) -> None:
    known = {variable_of(name) for name in setting_names()} | {CONFIG_VARIABLE}
    # A dictionary's keys are nested further: GREENLANE_KAFKA__CLIENT__<property>.
    open_ended = variable_of("kafka.client") + NESTING
    for variable in environ:
        if not variable.startswith(ENV_PREFIX) or variable.startswith(open_ended):
            continue
        if variable not in known:
            raise unknown(variable, sorted(known))
