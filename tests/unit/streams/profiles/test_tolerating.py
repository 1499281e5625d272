"""What becomes of a batch when the profile store fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest

from scorers.profiles import (
    ConfigurationMismatchError,
    PositionError,
    ProfileError,
    SessionError,
    StoreFullError,
    StoreLostError,
    StoreReadOnlyError,
    StoreRefusedError,
    StoreUnreachableError,
)
from streams import metrics
from streams.kafka.batch import PostponedError
from streams.profiles.tolerating import Tolerance

PATIENCE = 10.0
AWAY = [StoreFullError, StoreReadOnlyError, StoreRefusedError, StoreUnreachableError]
Mode = Literal["wait", "degrade"]


class Bench:
    """A tolerance with a clock that stands still, and a store that fails as told."""

    def __init__(self, mode: Mode) -> None:
        self.now = 0.0
        self.opened = 0
        self.error: ProfileError | None = None
        self.tolerance = Tolerance(self._open, mode, PATIENCE, lambda: self.now)

    def call(self) -> str | None:
        return self.tolerance.call(self._work)

    def fail(self, error: ProfileError, at: float = 0.0) -> str | None:
        """Call the store, which fails at a time."""
        self.error, self.now = error, at
        return self.call()

    def _open(self) -> None:
        self.opened += 1

    def _work(self) -> str:
        if self.error is not None:
            raise self.error
        return "done"


def up() -> float:
    """Return what the gauge says."""
    return metrics.PROFILES_UP._value.get()


@pytest.mark.parametrize("error", AWAY)
def test_call_store_away_postpones_as_long_as_it_takes(
    error: Callable[[str], ProfileError],
) -> None:
    bench = Bench("wait")
    for at in (0.0, PATIENCE, 1e6):
        with pytest.raises(PostponedError, match="away"):
            bench.fail(error("away"), at)
        assert up() == 0
    bench.error = None
    assert bench.call() == "done"
    assert up() == 1


@pytest.mark.parametrize("error", AWAY)
def test_call_store_away_where_decisions_may_be_degraded_goes_without_after_patience(
    error: Callable[[str], ProfileError],
) -> None:
    bench = Bench("degrade")
    for at in (0.0, PATIENCE - 1):
        with pytest.raises(PostponedError):
            bench.fail(error("away"), at)
    assert bench.fail(error("away"), PATIENCE) is None
    assert up() == 0


def test_call_store_after_failure_opens_it_again() -> None:
    bench = Bench("wait")
    bench.call()
    bench.call()
    assert bench.opened == 1
    with pytest.raises(PostponedError):
        bench.fail(StoreUnreachableError("restarting"))
    bench.error = None
    bench.call()
    assert bench.opened == 2


def test_call_store_lost_where_decisions_must_wait_gives_up_once_it_was_opened() -> None:
    bench = Bench("wait")
    bench.call()
    with pytest.raises(PostponedError):
        bench.fail(StoreLostError("lacks our functions"))
    with pytest.raises(StoreLostError, match="emptied"):
        bench.fail(StoreLostError("emptied"))


def test_call_store_lost_where_decisions_may_be_degraded_goes_without_at_once() -> None:
    assert Bench("degrade").fail(StoreLostError("emptied")) is None


@pytest.mark.parametrize("mode", ["wait", "degrade"])
def test_call_store_of_another_configuration_gives_up(mode: Mode) -> None:
    with pytest.raises(ConfigurationMismatchError):
        Bench(mode).fail(ConfigurationMismatchError("another secret"))


@pytest.mark.parametrize("error", [SessionError("claimed"), PositionError("gone past", 7)])
def test_call_store_in_dispute_for_longer_than_patience_gives_up(error: ProfileError) -> None:
    bench = Bench("wait")
    with pytest.raises(PostponedError):
        bench.fail(error)
    with pytest.raises(type(error)):
        bench.fail(error, PATIENCE)
