"""The client's errors become ours, each with what to do about it."""

from __future__ import annotations

import pytest
from redis import exceptions

from scorers.profiles import errors
from scorers.profiles.wire import explained, explanation


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (exceptions.OutOfMemoryError("command not allowed"), errors.StoreFullError),
        (exceptions.ResponseError("OOM command not allowed"), errors.StoreFullError),
        (exceptions.ReadOnlyError("You can't write"), errors.StoreReadOnlyError),
        (exceptions.AuthenticationError("needed"), errors.StoreRefusedError),
        (exceptions.ResponseError("WRONGPASS invalid"), errors.StoreRefusedError),
        (exceptions.NoPermissionError("no"), errors.StoreRefusedError),
        (exceptions.ConnectionError("refused"), errors.StoreUnreachableError),
        (exceptions.TimeoutError("late"), errors.StoreUnreachableError),
        (exceptions.BusyLoadingError("loading"), errors.StoreUnreachableError),
        (exceptions.ClusterDownError("down"), errors.StoreUnreachableError),
        (exceptions.ResponseError("MASTERDOWN"), errors.StoreUnreachableError),
        (exceptions.ResponseError("ERR Function not found"), errors.StoreLostError),
        (exceptions.ResponseError("ERR no such thing"), errors.StoreBrokenError),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_explanation_has_the_type_that_callers_branch_on(
    error: exceptions.RedisError, kind: type[errors.ProfileError]
) -> None:
    found = explanation(error)
    assert type(found) is kind
    assert str(found).startswith("Profiles: ")


def test_explained_keeps_the_cause() -> None:
    cause = exceptions.TimeoutError("late")
    with pytest.raises(errors.StoreUnreachableError) as caught, explained():
        raise cause
    assert caught.value.__cause__ is cause
