"""Packages that others would load if they found them, and do not need for us."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast


@contextmanager
def hidden(*packages: str) -> Iterator[None]:
    """Let imports not find packages that are installed, unless they are loaded already.

    >>> with hidden("this"):
    ...     import this
    Traceback (most recent call last):
    ModuleNotFoundError: import of this halted; None in sys.modules
    """
    absent = [name for name in packages if name not in sys.modules]
    modules = cast("dict[str, Any]", sys.modules)
    modules.update(dict.fromkeys(absent))  # None stands for a module that cannot be imported
    try:
        yield
    finally:
        for name in absent:
            del modules[name]
