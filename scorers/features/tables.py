"""Readable columns of a batch of manifests: what they declare, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scorers import quality
from scorers.features import derived
from scorers.features.declared import DeclaredTable


class ManifestTable(DeclaredTable):
    """Columns of manifests: all that is declared, `derived.NAME` and `signals.NAME`."""

    def _read(self, source: str) -> Sequence[Any]:
        root, _, name = source.partition(".")
        if root == "derived":
            return derived.COLUMNS[name](self)  # type: ignore[return-value]
        if root == "signals":
            return quality.SIGNALS[name](self)  # type: ignore[return-value]
        return super()._read(source)
