"""Adapters: other people's formats, mapped to manifests and, where known, to outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from streams.sources import customs_declarations
from streams.sources.files import SourceError
from streams.sources.records import AdaptedRecord


@dataclass(frozen=True)
class Adapter:
    """How to read one format: its records in the order of their days, and the feature spec."""

    read: Callable[[Path], Iterator[AdaptedRecord]]
    spec: str


ADAPTERS = {
    "customs-declarations": Adapter(customs_declarations.read_declarations, "declarations"),
}


def adapter_named(name: str) -> Adapter:
    """Return the adapter called `name`; raise `SourceError` if there is none."""
    if name not in ADAPTERS:
        raise SourceError(f"Expected an adapter among {', '.join(ADAPTERS)}, got {name!r}")
    return ADAPTERS[name]
