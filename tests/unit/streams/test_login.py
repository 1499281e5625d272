"""Who may see metrics and pages, and how their credentials are set."""

from __future__ import annotations

from base64 import b64encode

import pytest
from pydantic import SecretStr

from streams.login import Login
from streams.settings import SettingsError, load_settings
from tests.unit.streams.test_monitoring import Process, process

__all__ = ["process"]

CREDENTIALS = "ops:größer als 8"


def basic(text: str) -> str:
    return f"Basic {b64encode(text.encode()).decode()}"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        basic(""),
        basic("ops:"),
        basic("ops:wrong"),
        basic(f"{CREDENTIALS} "),
        basic(CREDENTIALS).replace("Basic", "Bearer"),
        "Basic \udcff",
        CREDENTIALS,
    ],
)
def test_login_admits_nobody_without_the_credentials(header: str | None) -> None:
    assert not Login(SecretStr(CREDENTIALS)).admits(header)


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_login_admits_who_has_the_credentials(scheme: str) -> None:
    header = basic(CREDENTIALS).replace("Basic", scheme)
    assert Login(SecretStr(CREDENTIALS)).admits(header)


@pytest.mark.parametrize(("page", "status"), [("/metrics", 401), ("/", 401), ("/healthz", 200)])
def test_page_for_somebody_who_is_not_admitted_is_refused_but_for_health(
    process: Process, page: str, status: int
) -> None:
    assert process.status(page, admitted=False) == status


@pytest.mark.parametrize("section", ["metrics", "tower"])
@pytest.mark.parametrize("wrong", ["password-only", "ops:short", ":no-user-here"])
def test_credentials_of_another_form_are_refused_and_not_shown(section: str, wrong: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{section}\.credentials: expected `user:") as raised:
        load_settings({f"{section}.credentials": wrong})
    assert wrong not in str(raised.value)


def test_metrics_and_pages_are_on_loopback_unless_set_otherwise() -> None:
    settings = load_settings()
    assert settings.metrics.host == settings.tower.host == "127.0.0.1"
    assert settings.metrics.port == 0
