"""Tracebacks that help nobody."""

from __future__ import annotations

import logging
import sys

import pytest
from aiokafka.errors import KafkaConnectionError

from streams.tower.plain_logs import WithoutTracebacks


def filtered(name: str, error: Exception) -> logging.LogRecord:
    """Return a record of an error after the filter."""
    try:
        raise error
    except type(error):
        record = logging.LogRecord(name, logging.ERROR, "", 0, "Error", None, sys.exc_info())
    assert WithoutTracebacks().filter(record)
    return record


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("faust.worker", KafkaConnectionError("unable to bootstrap")),
        ("faust.transport.producer", RuntimeError("cannot flush")),
    ],
)
def test_filter_of_what_a_broker_did_takes_the_traceback(name: str, error: Exception) -> None:
    assert filtered(name, error).exc_info is None


@pytest.mark.parametrize("name", ["faust.worker", "faust.app.base", "streams.tower.folding"])
def test_filter_of_a_fault_of_ours_keeps_the_traceback(name: str) -> None:
    assert filtered(name, ZeroDivisionError()).exc_info is not None
