"""The tower reaches a secured broker by the same settings as every other process."""

from __future__ import annotations

from pathlib import Path

import pytest
from faust.auth import SASLCredentials, SSLCredentials

from streams.settings import SettingsError
from streams.tower.credentials import credentials_of

LOGIN = {"sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "tower", "sasl.password": "not shown"}


def test_password_over_tls_is_that_of_the_settings_and_not_shown() -> None:
    found = credentials_of({"security.protocol": "SASL_SSL", **LOGIN})
    assert isinstance(found, SASLCredentials)
    assert (found.username, found.password) == ("tower", "not shown")
    assert found.mechanism.value == "SCRAM-SHA-512"
    assert found.ssl_context is not None
    assert found.ssl_context.check_hostname
    assert "not shown" not in repr(found)


def test_host_is_not_checked_only_if_that_is_asked_for() -> None:
    unchecked = {"security.protocol": "ssl", "ssl.endpoint.identification.algorithm": "none"}
    found = credentials_of(unchecked)
    assert isinstance(found, SSLCredentials)
    assert not found.context.check_hostname


@pytest.mark.parametrize(
    ("client", "problem"),
    [
        ({"security.protocol": "tls"}, r"client\.security\.protocol: expected one of plain"),
        ({"security.protocol": "sasl_ssl"}, r"client\.sasl\.mechanism: expected one of PLAIN"),
        ({"ssl.key.pem": "not shown"}, r"kafka\.client: expected one of .* got 'ssl\.key\.pem'"),
        (
            {"security.protocol": "ssl", "ssl.ca.location": "/nowhere/ca.pem"},
            r"kafka\.client: expected certificates in /nowhere/ca\.pem; got No such file",
        ),
    ],
)
def test_what_faust_cannot_do_is_refused_in_one_line(client: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as raised:
        credentials_of(client)
    assert "not shown" not in str(raised.value)


def test_file_that_is_no_certificate_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    with pytest.raises(SettingsError, match=r"expected certificates in .*ca\.pem; got "):
        credentials_of({"security.protocol": "ssl", "ssl.ca.location": str(file)})
