"""Memory that is not needed any more, given back to the system."""

from __future__ import annotations

import ctypes
import gc
from pathlib import Path
from typing import Final

_GC_THRESHOLD: Final = 100_000
"""Batches make many containers and no cycles; collecting every 700 of them costs a quarter."""

_COMPILER: Final = "libllvmlite"
_MADV_PAGEOUT: Final = 21  # of Linux's mman.h
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

    Reading lists takes a few times the memory that they need afterwards.
    """
    gc.collect()
    collect_seldom()
    gc.freeze()  # lists and rules stay; looking through them again would hold up batches
    give_back()


def give_back() -> None:
    """Give back what was freed, which glibc keeps, and the pages of the compiler's code, of which
    loading loops touches most: they are read from its file again if they are needed."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    _page_out(_COMPILER)


def collect_seldom() -> None:
    """Let the collector of cycles run as seldom as suits a process that works in batches."""
    gc.set_threshold(_GC_THRESHOLD)


def _page_out(library: str) -> None:
    """Let the system have the pages of a library's code."""
    maps = Path("/proc/self/maps")
    madvise = getattr(ctypes.CDLL(None), "madvise", None)
    if madvise is None or not maps.exists():
        return
    for line in maps.read_text(encoding="utf-8").splitlines():
        span, rights, *_ = line.split()
        if library in line and rights == "r-xp":
            start, end = (int(address, 16) for address in span.split("-"))
            madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_PAGEOUT)
