"""Loops over arrays, compiled to machine code (Numba) when they are first called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function of arrays and numbers, once for each machine: the code is kept on disk.

    Floats are computed as Python does: nothing is reordered or fused, so that results are the same
    bit for bit wherever they are computed. Others may run meanwhile (the GIL is let go).
    """
    return cast("Function", njit(cache=True, nogil=True, error_model="numpy")(function))
