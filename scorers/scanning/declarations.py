"""Declared columns of manifests that were read from bytes; Python objects are made when asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import numpy as np

from schemas.manifest import Party
from scorers.features.batch import Integers
from scorers.scanning.layouts import MANIFEST
from scorers.scanning.records import strings_of
from scorers.scanning.scan import Scan

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANTS: Final = frozenset({"submitted_at", "posted_at", "eta"})
_ATTRIBUTES: Final = "attributes"
_attributes = msgspec.json.Decoder(dict[str, str]).decode


class ScannedManifests:
    """Declared columns of manifests (`scorers.features.declared.Declarations`)."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self.item_counts = scan.item_counts
        self.numbers = scan.numbers
        self.texts = scan.texts
        self.hashes = scan.hashes

    def __len__(self) -> int:
        return len(self.item_counts)

    def column(self, path: str) -> Sequence[Any]:
        """Return the values of a field."""
        return self.some(path, slice(None))

    def some(self, path: str, places: Integers | slice) -> list[Any]:
        """Return some of the values of a field."""
        if path in MANIFEST.optional:
            return self._parties(path, places)
        if path in MANIFEST.numbers:
            numbers = self._scan.numbers(path)[places].tolist()
            return list(map(_instant, numbers)) if path in _INSTANTS else numbers
        data, starts, sizes = self._scan.texts(path)
        strings = strings_of(data, starts[places], sizes[places])
        if path == _ATTRIBUTES:
            return [_attributes(raw) if raw else {} for raw in strings]
        return strings  # type: ignore[no-any-return]

    def _parties(self, path: str, places: Integers | slice) -> list[Party | None]:
        given = self._scan.texts(f"{path}.id").sizes[places] > 0
        parties: list[Party | None] = [None] * len(given)
        rows = np.arange(len(self))[places][given]
        fields = [self.some(f"{path}.{field}", rows) for field in Party.__struct_fields__]
        for place, values in zip(
            np.flatnonzero(given).tolist(), zip(*fields, strict=True), strict=True
        ):
            parties[place] = Party(*values)
        return parties


def _instant(seconds: float) -> datetime | None:
    """Return an instant of Unix seconds, to the microsecond; None for NaN."""
    if seconds != seconds:
        return None
    return _EPOCH + timedelta(microseconds=round(seconds * 1e6))
