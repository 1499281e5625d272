"""Logging of a process: to standard error, a line an event, with ids and never payloads."""

from __future__ import annotations

import logging

from streams.kafka.clients import LOG


def silence_librdkafka() -> None:
    """Keep the C library's messages off a person's terminal: errors are told in our own words."""
    LOG.addHandler(logging.NullHandler())
    LOG.propagate = False


def log_to_stderr(level: int = logging.INFO) -> None:
    """Set up logging for a process of ours."""
    LOG.propagate = True
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
