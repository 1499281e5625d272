"""What a worker does while the profile store is away: wait, or decide without it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal, TypeVar

from scorers.profiles import (
    ConfigurationMismatchError,
    PositionError,
    ProfileError,
    SessionError,
    StoreLostError,
)
from streams import metrics
from streams.clock import MonotonicClock
from streams.kafka.batch import PostponedError

log = logging.getLogger(__name__)

Result = TypeVar("Result")

_DISPUTES = (PositionError, SessionError)
"""Go away when a partition has found its one owner, which takes a moment."""


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
        self._told: tuple[type[ProfileError], bool] | None = None
        metrics.PROFILES_UP.set(1)

    @property
    def is_down(self) -> bool:
        """Whether the store did not answer last time."""
        return self._down_since is not None

    def call(self, function: Callable[[], Result]) -> Result | None:
        """Return what `function` does, or None if decisions have to do without the store.

        Raises `PostponedError` while there is patience left, or if decisions must wait;
        `ProfileError` where waiting does not help.
        """
        was_open = self._is_open
        try:
            if not self._is_open:
                self._open_store()
                self._is_open = True
            result = function()
        except ConfigurationMismatchError:
            raise
        except ProfileError as error:
            self._bear(error, hopeless=isinstance(error, StoreLostError) and not was_open)
            return None
        except PostponedError:
            metrics.PROFILES_UP.set(0)
            raise
        if self._down_since is not None:
            log.info("profiles are back after %.1f s", self._now() - self._down_since)
            self._down_since = self._told = None
        metrics.PROFILES_UP.set(1)
        return result

    def _bear(self, error: ProfileError, *, hopeless: bool) -> None:
        """Return if decisions have to do without the store; raise if not.

        A store is lost for good only if it was opened just before: else perhaps it lacks only our
        functions.
        """
        metrics.PROFILES_UP.set(0)
        self._is_open = False
        if self._down_since is None:
            self._down_since = self._now()
        if self._told != (type(error), hopeless):
            log.warning("profiles are away: %s", error)
        self._told = type(error), hopeless
        waited = self._now() - self._down_since >= self._patience
        if self._degrades and (hopeless or waited):
            return
        if hopeless or (waited and isinstance(error, _DISPUTES)):
            raise error
        raise PostponedError(str(error)) from error
