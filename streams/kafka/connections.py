"""Whether a client of the C library lost a connection, which it mends without a word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from streams.logs import LOG

_DEBUG: Final = 7  # of syslog, as the C library counts


class ConnectionLog:
    """Hears what a client logs: passes it on, and notes when a connection broke.

    Only librdkafka's debugging messages tell of every connection: it leaves errors out that repeat,
    and its statistics come late. They are heard when the client is polled, and a connection's end
    is logged before anything is sent again on another.

    >>> heard = ConnectionLog()
    >>> heard.log(10, "%s [%s] %s", "STATE", "rdkafka", "a: Broker changed state UP -> DOWN")
    >>> heard.broke
    True
    """

    def __init__(self) -> None:
        self.broke = False

    def properties(self, client: Mapping[str, str]) -> dict[str, Any]:
        """Return the properties of a client to hear, which has some already."""
        topics = filter(None, (client.get("debug"), "broker"))
        return {"logger": self, "log_level": _DEBUG, "debug": ",".join(topics)}

    def log(self, level: int, form: str, event: str, *others: str) -> None:
        """Take a message, as `logging.Logger.log` does."""
        if event == "STATE" and others[-1].endswith("-> DOWN"):
            self.broke = True
        LOG.log(level, form, event, *others)
