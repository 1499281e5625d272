"""What is told of settings that cannot be used: one line, and never a secret."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from schemas.errors import UserError

ENV_PREFIX: Final = "GREENLANE_"
NESTING: Final = "__"


class SettingsError(UserError, ValueError):
    """Settings that cannot be used. One line: which, expected, got."""


def variable_of(name: str) -> str:
    """Return the environment variable of a setting.

    >>> variable_of("kafka.bootstrap_servers")
    'GREENLANE_KAFKA__BOOTSTRAP_SERVERS'
    """
    return ENV_PREFIX + name.replace(".", NESTING).upper()


def types_by_name(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and the type of every setting in `model`."""
    for name, info in model.model_fields.items():
        inner = info.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from types_by_name(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", inner


def unknown(got: str, known: list[str]) -> SettingsError:
    """Return the error of a name that is no setting's."""
    nearest = difflib.get_close_matches(got, known, n=1, cutoff=0.0)[0]
    return SettingsError(
        f"{got}: expected a known setting, got an unknown one; the nearest is {nearest}"
    )


def refused(error: ValidationError, model: type[BaseModel]) -> SettingsError:
    """Return the error of the first value that `model` does not take."""
    problem: Mapping[str, Any] = error.errors()[0]
    name = ".".join(map(str, problem["loc"]))
    types = dict(types_by_name(model))
    if problem["type"] == "extra_forbidden":
        return unknown(name, list(types))
    if problem["type"] == "value_error":  # raised by a validator of ours, and complete
        return SettingsError(f"{name}: {problem['ctx']['error']}")
    return SettingsError(f"{name}: {problem['msg']}, got {_got(problem['input'], types.get(name))}")


def _got(value: Any, expected: Any) -> str:
    """Return a wrong value, or only its type where it may be, or hold, a secret."""
    # Whole sections and the broker's own properties may hold passwords.
    return repr(value) if expected in (int, float, str) else f"a {type(value).__name__}"
