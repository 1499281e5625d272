"""Where compiled code is kept: for a version of our sources, wherever they are installed.

Numba keeps it by the path of a file, so each environment would compile for a minute. And its stamp
is that of the file alone: constants of other files are compiled in, so they belong to it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numba import config
from numba.core.caching import UserProvidedCacheLocator

_OURS: Final = __name__.partition(".")[0] + "."
_CONSTANTS: Final = (int, float, str, bytes, tuple, np.generic)


class VersionLocator(UserProvidedCacheLocator):
    """The place of one function's code; none for those of others."""

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        super().__init__(function, file)  # type: ignore[no-untyped-call]
        self._cache_path = str(Path(config.CACHE_DIR) / function.__module__)  # type: ignore[attr-defined]
        self._constants = tuple(sorted(set(constants(function))))

    def get_source_stamp(self) -> tuple[object, ...]:
        """Return what code that was kept must agree with."""
        stamp = super().get_source_stamp()  # type: ignore[no-untyped-call]
        return (stamp, self._constants)

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> VersionLocator | None:
        """Return a locator for one of our functions."""
        if not function.__module__.startswith(_OURS):
            return None
        found = super().from_function(function, file)  # type: ignore[no-untyped-call]
        return cast("VersionLocator | None", found)


def constants(function: Callable[..., Any]) -> Iterator[str]:
    """Yield the constants of modules that a function and those that it calls have compiled in.

    >>> list(constants(lambda: len(_OURS)))
    ["_OURS = 'scorers.'"]
    """
    waiting, seen = [function], set[Any]()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        for name in one.__code__.co_names:
            value = one.__globals__.get(name)
            if isinstance(value, _CONSTANTS):
                yield f"{name} = {value!r}"
            elif isinstance(value, np.ndarray):
                yield f"{name} = {value.tolist()}"
            elif value is not None and hasattr(value, "py_func"):
                waiting.append(value.py_func)
