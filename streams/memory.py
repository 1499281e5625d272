"""Memory that was needed once, given back to the system."""

from __future__ import annotations

import ctypes
import gc


def settle() -> None:
    """Leave what is there now out of further collections, and give back what was freed.

    Reading lists takes a few times the memory that they need afterwards; glibc keeps the rest.
    """
    gc.collect()
    gc.freeze()  # lists and rules stay; looking through them again would hold up batches
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
