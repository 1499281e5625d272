"""What a worker does while the profile store is away: wait, or decide without it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal, TypeVar

from scorers.profiles import ProfileError
from scorers.profiles.errors import ConfigurationMismatchError, StoreLostError
from streams import metrics
from streams.clock import MonotonicClock
from streams.kafka.batch import PostponedError

log = logging.getLogger(__name__)

Result = TypeVar("Result")

_FINAL = (ConfigurationMismatchError, StoreLostError)
"""Waiting does not help: somebody has to decide."""


class Tolerance:
    """Lets calls of the store fail: at first they are postponed, later perhaps gone without.

    The store is opened before the first call and after each failure: a server that was started
    anew has forgotten our functions.
    """

    def __init__(
        self,
        open_store: Callable[[], None],
        when_down: Literal["wait", "degrade"],
        patience: float,
        now: MonotonicClock,
    ) -> None:
        self._open_store = open_store
        self._is_open = False
        self._degrades = when_down == "degrade"
        self._patience = patience
        self._now = now
        self._down_since: float | None = None

    def call(self, function: Callable[[], Result]) -> Result | None:
        """Return what `function` does, or None if the store has been away for too long.

        Raises `PostponedError` while there is patience left, or if decisions must wait; and
        `ProfileError` where waiting does not help.
        """
        try:
            if not self._is_open:
                self._open_store()
                self._is_open = True
            result = function()
        except _FINAL:
            raise
        except ProfileError as error:
            self._bear(error)
            return None
        if self._down_since is not None:
            log.info("profiles are back after %.1f s", self._now() - self._down_since)
        self._down_since = None
        metrics.PROFILES_UP.set(1)
        return result

    def _bear(self, error: ProfileError) -> None:
        metrics.PROFILES_UP.set(0)
        self._is_open = False
        if self._down_since is None:
            self._down_since = self._now()
            log.warning("profiles are away: %s", error)
        if not self._degrades or self._now() - self._down_since < self._patience:
            raise PostponedError(str(error)) from error
