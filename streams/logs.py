"""Logging of a process: to standard error, a line an event, with ids and never payloads."""

from __future__ import annotations

import logging


def log_to_stderr(level: int = logging.INFO) -> None:
    """Set up logging for a process of ours."""
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
