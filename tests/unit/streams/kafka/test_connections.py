"""What a client logs: passed on, and heard for connections that broke."""

from __future__ import annotations

import logging

import pytest

from streams.kafka.connections import ConnectionLog

FORM = "%s [%s] %s"
BROKE = "broker: Broker changed state UP -> DOWN"


def test_log_of_a_connection_that_breaks_is_noted() -> None:
    heard = ConnectionLog()
    assert not heard.broke
    heard.log(logging.DEBUG, FORM, "STATE", "producer-1", BROKE)
    assert heard.broke


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("STATE", "broker: Broker changed state CONNECT -> UP"),
        ("STATE", "broker: Broker changed state DOWN -> INIT"),
        ("RETRY", BROKE),
    ],
)
def test_log_of_anything_else_is_not(event: str, said: str) -> None:
    heard = ConnectionLog()
    heard.log(logging.DEBUG, FORM, event, "producer-1", said)
    assert not heard.broke


def test_log_passes_on_what_is_to_be_logged_at_its_level(caplog: pytest.LogCaptureFixture) -> None:
    heard = ConnectionLog()
    with caplog.at_level(logging.INFO):
        heard.log(logging.DEBUG, FORM, "STATE", "producer-1", BROKE)
        heard.log(logging.WARNING, FORM, "GETPID", "producer-1", "broker: retrying")
    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [
        ("WARNING", "GETPID [producer-1] broker: retrying")
    ]


@pytest.mark.parametrize(("asked", "debug"), [({}, "broker"), ({"debug": "msg"}, "msg,broker")])
def test_properties_let_a_client_tell_of_connections_and_of_what_a_user_asked_for(
    asked: dict[str, str], debug: str
) -> None:
    heard = ConnectionLog()
    assert heard.properties(asked) == {"logger": heard, "log_level": 7, "debug": debug}
