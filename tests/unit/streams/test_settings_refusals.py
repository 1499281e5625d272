"""Settings that cannot be used: one line that says which, expected, got."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.settings import CONFIG_VARIABLE, SettingsError, load_settings

SECRET = "hunter2"

UNKNOWN = "expected a known setting, got an unknown one; the nearest is"


def refusal(overrides: dict[str, str] | None = None) -> str:
    """Return the text that the settings in force are refused with: always one line."""
    with pytest.raises(SettingsError) as caught:
        load_settings(overrides)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that `GREENLANE_CONFIG` names."""
    path = tmp_path / "greenlane.toml"
    monkeypatch.setenv(CONFIG_VARIABLE, str(path))
    return path


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("GREENLANE_KAFKA__BOOTSTRAP_SERVER", "GREENLANE_KAFKA__BOOTSTRAP_SERVERS"),
        ("GREENLANE_KAFKA_BOOTSTRAP_SERVERS", "GREENLANE_KAFKA__BOOTSTRAP_SERVERS"),
        ("GREENLANE_POLICY__HOLD_SHAR", "GREENLANE_POLICY__HOLD_SHARE"),
        ("GREENLANE_MODEL__BIT", "GREENLANE_MODEL__BITS"),
        ("GREENLANE_CONFIGURATION", "GREENLANE_CONFIG"),
    ],
)
def test_load_with_an_unknown_variable_names_the_nearest(
    monkeypatch: pytest.MonkeyPatch, variable: str, nearest: str
) -> None:
    monkeypatch.setenv(variable, "x")
    assert refusal() == f"{variable}: {UNKNOWN} {nearest}"


def test_load_with_a_variable_of_a_whole_section_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GREENLANE_MODEL", '{"bits": 12}')
    assert refusal().startswith(f"GREENLANE_MODEL: {UNKNOWN} GREENLANE_MODEL__")


@pytest.mark.parametrize(
    ("text", "got", "nearest"),
    [
        ('[kafka]\nbootstrap_server = "k:1"', "kafka.bootstrap_server", "kafka.bootstrap_servers"),
        ("[policy]\nhold_shar = 0.1", "policy.hold_shar", "policy.hold_share"),
        ("[polcy]\nhold_share = 0.1", "polcy", "policy.rules"),
        ("bits = 12", "bits", "model.bits"),
    ],
)
def test_load_with_an_unknown_key_in_the_file_names_the_nearest(
    config: Path, text: str, got: str, nearest: str
) -> None:
    config.write_text(text)
    assert refusal() == f"{got}: {UNKNOWN} {nearest}"


def test_load_with_an_unknown_override_names_the_nearest() -> None:
    assert refusal({"model.bit": "12"}) == f"model.bit: {UNKNOWN} model.bits"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("model.bits", "many", "valid integer, unable to parse string as an integer, got 'many'"),
        ("model.bits", "29", "Input should be less than or equal to 28, got '29'"),
        ("model.bits", "", "valid integer, unable to parse string as an integer, got ''"),
        ("model.alpha", "0", "Input should be greater than 0, got '0'"),
        ("model.alpha", "nan", "Input should be a finite number, got 'nan'"),
        ("policy.hold_share", "1", "Input should be less than 1, got '1'"),
        ("policy.hold_share", "-0.1", "Input should be greater than or equal to 0, got '-0.1'"),
        ("topics.partitions", "0", "Input should be greater than or equal to 1, got '0'"),
        ("metrics.port", "65536", "Input should be less than or equal to 65535, got '65536'"),
        ("metrics.port", "80\n81", "unable to parse string as an integer, got '80\\n81'"),
    ],
)
def test_load_with_a_wrong_value_says_which_expected_and_got(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, text: str
) -> None:
    by_override = refusal({name: value})
    monkeypatch.setenv("GREENLANE_" + name.replace(".", "__").upper(), value)
    assert refusal() == by_override
    assert by_override.startswith(f"{name}: ")
    assert by_override.endswith(text)


def test_load_with_a_wrong_value_in_the_file_says_which(config: Path) -> None:
    config.write_text("[learner]\nmini_batch = 0\n")
    assert refusal() == ("learner.mini_batch: Input should be greater than or equal to 1, got 0")


def test_load_with_a_file_that_is_missing_says_so(config: Path) -> None:
    assert refusal() == f"GREENLANE_CONFIG: expected a TOML file, got {str(config)!r}"


def test_load_with_a_folder_for_a_file_says_so(config: Path) -> None:
    config.mkdir()
    assert refusal() == f"GREENLANE_CONFIG: expected a TOML file, got {str(config)!r}"


def test_load_with_a_file_that_is_no_toml_says_where(config: Path) -> None:
    config.write_text("[kafka\n")
    text = refusal()
    assert text.startswith(f"{config}: expected TOML, got ")
    assert "line 1" in text


def test_load_with_a_file_that_is_no_text_is_refused(config: Path) -> None:
    config.write_bytes(b'spec = "\xff"')
    assert refusal().startswith(str(config))


@pytest.mark.parametrize(
    "variable", ["GREENLANE_KAFKA__CLIENT", "GREENLANE_PROFILES__FORMER_SECRETS"]
)
def test_load_with_a_variable_that_is_no_json_names_it_and_not_what_is_in_it(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENLANE_KAFKA__CLIENT", "{}")
    monkeypatch.setenv(variable, "a former secret")
    assert refusal() == f"{variable}: expected JSON, got another text"


@pytest.mark.parametrize(
    "text",
    [
        "[policy]\nlottery_key = 20251122",
        'store = "redis://:20251122@host"',
        '[kafka.client]\n"sasl.password" = 20251122',
    ],
    ids=["key_without_quotes", "url_for_the_section", "broker_password_without_quotes"],
)
def test_load_with_a_secret_of_a_wrong_type_does_not_show_it(config: Path, text: str) -> None:
    config.write_text(text)
    assert "20251122" not in refusal()


def test_load_with_more_to_explore_than_to_hold_is_refused() -> None:
    assert "explore_share" in refusal({"policy.hold_share": "0.1", "policy.explore_share": "0.2"})


def test_load_with_a_boolean_for_a_number_is_refused(config: Path) -> None:
    config.write_text("[topics]\npartitions = true\n")
    assert refusal().startswith("topics.partitions: ")


def test_load_with_a_secret_in_a_wrong_place_does_not_show_it() -> None:
    assert SECRET not in refusal({"store.ur": f"redis://:{SECRET}@host"})


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://h:1", "expected a URL of redis, rediss, unix, redis+cluster, rediss+cluster"),
        ("127.0.0.1:6379", "rediss+cluster; got none"),
        ("redis+cluster://", "expected HOST:PORT,HOST:PORT of a cluster's nodes; got ''"),
        ("redis+cluster://:hunter2@h:1,:2", "cluster's nodes; got 'h:1,:2'"),
        ("redis+cluster://h:port", "cluster's nodes; got 'h:port'"),
        ("redis+cluster://:hunter2@h:1/3", "since a cluster has only one; got '/3'"),
    ],
)
def test_load_with_a_store_that_cannot_be_named_so_says_what_was_expected(
    url: str, problem: str
) -> None:
    said = refusal({"store.url": url})
    assert problem in said
    assert SECRET not in said
