"""Memory that was needed once, given back to the system."""

from __future__ import annotations

import ctypes
import gc
from typing import Final

_GC_THRESHOLD: Final = 100_000
"""Batches make many containers and no cycles; collecting every 700 of them costs a quarter."""

_M_ARENA_MAX: Final = -8  # of glibc's malloc.h
_ARENAS: Final = 2


def share_arenas() -> None:
    """Let threads share what they allocate from; call it before there are any.

    glibc gives each thread of a client an arena of its own, and keeps what was freed in each.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)


def settle() -> None:
    """Leave what is there now out of further collections, which become rare, and give back what
    was freed.

    Reading lists takes a few times the memory that they need afterwards; glibc keeps the rest.
    """
    gc.collect()
    collect_seldom()
    gc.freeze()  # lists and rules stay; looking through them again would hold up batches
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def collect_seldom() -> None:
    """Let the collector of cycles run as seldom as suits a process that works in batches."""
    gc.set_threshold(_GC_THRESHOLD)
