"""Declared columns of manifests that were read from bytes; Python objects are made when asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import numpy as np

from schemas.manifest import Party
from scorers.features.batch import Floats, Integers
from scorers.features.texts import Texts
from scorers.scanning.layout import ITEM, PARCEL
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

    def __len__(self) -> int:
        return len(self.item_counts)

    def column(self, path: str) -> Sequence[Any]:
        """Return the values of a field."""
        return self.some(path, slice(None))

    def some(self, path: str, places: Integers | slice) -> list[Any]:
        """Return some of the values of a field."""
        if path in _INSTANTS:
            return [_instant(seconds) for seconds in self.numbers(path)[places].tolist()]
        if path in MANIFEST.optional:
            return self._parties(path, places)
        if path == _ATTRIBUTES:
            return [_attributes(raw) if raw else {} for raw in self._strings(path, places)]
        level, name = _within(path)
        if name in MANIFEST.numbers[level]:
            return list(self.numbers(path)[places].tolist())
        return self._strings(path, places)

    def numbers(self, path: str) -> Floats:
        """Return a field of numbers or instants (Unix seconds); NaN for a missing one."""
        level, name = _within(path)
        return self._scan.numbers[level][name]

    def texts(self, paths: Sequence[str]) -> dict[str, Texts]:
        """Return fields of texts as bytes."""
        return {path: self._of(path) for path in paths}

    def _of(self, path: str) -> Texts:
        level, name = _within(path)
        return self._scan.texts[level][name]

    def _strings(self, path: str, places: Integers | slice) -> list[str]:
        return strings_of(*self._of(path).part(places))  # type: ignore[no-any-return]

    def _parties(self, path: str, places: Integers | slice) -> list[Party | None]:
        given = self._of(f"{path}.id").sizes[places] > 0
        parties: list[Party | None] = [None] * len(given)
        rows = np.arange(len(self))[places][given]
        fields = [self.some(f"{path}.{field}", rows) for field in Party.__struct_fields__]
        for place, values in zip(
            np.flatnonzero(given).tolist(), zip(*fields, strict=True), strict=True
        ):
            parties[place] = Party(*values)
        return parties


def _within(path: str) -> tuple[int, str]:
    """Return the level of a field, and its path there."""
    name = path.removeprefix("items.")
    return (PARCEL, path) if name == path else (ITEM, name)


def _instant(seconds: float) -> datetime | None:
    """Return an instant of Unix seconds, to the microsecond; None for NaN."""
    if seconds != seconds:
        return None
    return _EPOCH + timedelta(microseconds=round(seconds * 1e6))
