"""Settings: defaults, file, environment and overrides in rising order; secrets stay hidden."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from streams.settings import (
    CONFIG_VARIABLE,
    ModelSettings,
    Settings,
    environment_of,
    load_settings,
    setting_names,
    variable_of,
)

SECRET = "hunter2"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that `GREENLANE_CONFIG` names, still empty."""
    path = tmp_path / "greenlane.toml"
    path.touch()
    monkeypatch.setenv(CONFIG_VARIABLE, str(path))
    return path


def test_load_without_anything_set_gives_the_defaults() -> None:
    settings = load_settings()
    assert settings.kafka.bootstrap_servers == "127.0.0.1:9092"
    assert settings.topics.manifests == "parcels.manifests"
    assert (settings.model.spec, settings.model.bits) == ("parcels", 22)
    assert (settings.policy.hold_share, settings.policy.explore_share) == (0.03, 0.005)
    assert settings.metrics.port == 0
    assert settings == load_settings()


def test_load_with_a_file_takes_its_values_and_keeps_the_other_defaults(config: Path) -> None:
    config.write_text('[model]\nbits = 18\n[kafka]\nbootstrap_servers = "k:1"\n')
    settings = load_settings()
    assert (settings.model.bits, settings.kafka.bootstrap_servers) == (18, "k:1")
    assert settings.model.alpha == ModelSettings().alpha


def test_load_with_the_environment_puts_it_over_the_file_value_by_value(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text("[model]\nbits = 18\nalpha = 0.9\n")
    monkeypatch.setenv("GREENLANE_MODEL__BITS", "16")
    settings = load_settings()
    assert (settings.model.bits, settings.model.alpha) == (16, 0.9)


def test_load_with_overrides_puts_them_over_everything(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text("[model]\nbits = 18\nalpha = 0.9\n")
    monkeypatch.setenv("GREENLANE_MODEL__BITS", "16")
    settings = load_settings({"model.bits": "14"})
    assert (settings.model.bits, settings.model.alpha) == (14, 0.9)


def test_load_with_an_empty_config_variable_reads_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    default = load_settings()
    monkeypatch.setenv(CONFIG_VARIABLE, "")
    assert load_settings() == default


def test_load_broker_properties_from_the_file_keeps_their_dots(config: Path) -> None:
    config.write_text('[kafka.client]\n"security.protocol" = "SSL"\n')
    assert load_settings().kafka.client == {"security.protocol": "SSL"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GREENLANE_KAFKA__CLIENT__security.protocol", "SSL"),
        ("GREENLANE_KAFKA__CLIENT", '{"security.protocol": "SSL"}'),
    ],
    ids=["one_by_one", "as_json"],
)
def test_load_broker_properties_from_the_environment_keeps_their_dots(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert load_settings().kafka.client == {"security.protocol": "SSL"}


def test_load_ignores_variables_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    default = load_settings()
    monkeypatch.setenv("KAFKA__BOOTSTRAP_SERVERS", "elsewhere:1")
    monkeypatch.setenv("MODEL", "x")
    assert load_settings() == default


@pytest.mark.parametrize("source", ["environment", "override", "file"])
def test_show_settings_hides_the_secrets_from_every_source(
    source: str, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"store.url": f"redis://:{SECRET}@host:6379", "policy.lottery_key": SECRET}
    if source == "environment":
        for name, value in values.items():
            monkeypatch.setenv(variable_of(name), value)
    if source == "file":
        lines = (f"{name} = {json.dumps(value)}" for name, value in values.items())
        config.write_text("\n".join(lines))
    settings = load_settings(values if source == "override" else None)
    shown = f"{settings!r} {settings} {settings.store!r} {settings.policy} {settings.model_dump()}"
    assert SECRET not in shown + settings.model_dump_json()
    assert settings.policy.lottery_key.get_secret_value() == SECRET
    assert SECRET in settings.store.url.get_secret_value()


def test_change_loaded_settings_is_refused() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.model.bits = 10
    with pytest.raises(ValidationError):
        settings.model = Settings().model


def test_name_every_setting_by_its_path_and_variable() -> None:
    names = setting_names()
    assert {"kafka.bootstrap_servers", "policy.lottery_key", "metrics.port"} <= set(names)
    assert len(set(names)) == len(names)
    assert variable_of("policy.hold_share") == "GREENLANE_POLICY__HOLD_SHARE"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kafka.bootstrap_servers", "k:1"),
        ("model.bits", "11"),
        ("policy.hold_share", "0.25"),
        ("topics.partitions", "3"),
        ("worker.instance", "w-1"),
    ],
)
def test_load_a_childs_environment_gives_the_settings_meant(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for variable, content in environment_of({name: value}).items():
        monkeypatch.setenv(variable, content)
    assert load_settings() == load_settings({name: value})
    section, _, leaf = name.partition(".")
    assert str(getattr(getattr(load_settings(), section), leaf)) == value
