"""Calls of the client library that may never return, although they were given a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")


class OverdueError(RuntimeError):
    """A call has not returned in its time; the text is one line."""


def in_time(function: Callable[[], Result], seconds: float, name: str) -> Result:
    """Call a function and return what it returns; raise `OverdueError` after some seconds.

    The call then stays behind in a thread that nobody waits for, not even the end of the process;
    what it works on must not be used any more.

    >>> in_time(lambda: 2, 1.0, "a sum")
    2
    """
    future: Future[Result] = Future()

    def call() -> None:
        try:
            future.set_result(function())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is awaited
            future.set_exception(error)

    threading.Thread(target=call, name=f"greenlane-{name}", daemon=True).start()
    try:
        return future.result(seconds)
    except TimeoutError:
        if future.done():
            raise
        raise OverdueError(f"{name} has not returned for {seconds:g} s") from None
