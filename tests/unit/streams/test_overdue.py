"""Calls that may never return."""

from __future__ import annotations

import threading

import pytest

from streams.kafka.overdue import OverdueError, in_time


def test_in_time_of_a_call_that_returns_gives_its_result() -> None:
    assert in_time(lambda: "done", 5.0, "a call") == "done"


@pytest.mark.parametrize("error", [ValueError("of its own"), TimeoutError("of its own")])
def test_in_time_of_a_call_that_fails_raises_its_error(error: Exception) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error), match="of its own") as raised:
        in_time(fail, 5.0, "a call")
    assert raised.value is error


def test_in_time_of_a_call_that_does_not_return_says_so() -> None:
    never = threading.Event()
    try:
        with pytest.raises(OverdueError, match=r"^sending offsets has not returned for 0.01 s$"):
            in_time(never.wait, 0.01, "sending offsets")
    finally:
        never.set()
