"""Logging of a process: to standard error, a line an event, with ids and never payloads."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final

LOG: Final = logging.getLogger("streams.kafka.librdkafka")
"""Where the C library's own messages go; commands for people turn it off."""

_PLAIN: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class JsonFormatter(logging.Formatter):
    """An object a line, as collectors of containers' logs want it.

    >>> record = logging.LogRecord("demo", logging.INFO, "", 0, "lag %d", (7,), None)
    >>> record.created = 0.0
    >>> JsonFormatter().format(record)
    '{"time": "1970-01-01T00:00:00+00:00", "level": "info", "logger": "demo", "message": "lag 7"}'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def silence_librdkafka() -> None:
    """Keep the C library's messages off a person's terminal: errors are told in our own words."""
    LOG.addHandler(logging.NullHandler())
    LOG.propagate = False


def log_to_stderr(level: int = logging.INFO) -> None:
    """Set up logging for a process of ours: for people at a terminal, else as JSON."""
    LOG.propagate = True
    handler = logging.StreamHandler(sys.stderr)
    is_terminal = sys.stderr.isatty()
    handler.setFormatter(logging.Formatter(_PLAIN) if is_terminal else JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
