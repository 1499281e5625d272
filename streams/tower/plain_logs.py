"""What Faust logs of a broker that is away: the message says it, without a traceback."""

from __future__ import annotations

import logging
from typing import Final

from aiokafka.errors import KafkaError

_OF_CONNECTIONS: Final = "faust.transport"
"""Faust's own clients; what is ours runs under other names."""


class WithoutTracebacks(logging.Filter):
    """Takes the traceback from a record whose error is the broker's, or of Faust's clients."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, KafkaError) or record.name.startswith(_OF_CONNECTIONS):
            record.exc_info = record.exc_text = None
        return True


def leave_out_tracebacks() -> None:
    """Put the filter before everything that is logged from now on."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(WithoutTracebacks())
