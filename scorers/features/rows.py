"""Readable features of single parcels: what held decisions carry and the learner reads back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from scorers.features.sources import level_of
from scorers.features.spec import FeatureSpec, Level, Number, Signal
from scorers.features.tables import Integers, Table

Row = dict[str, Any]


class RowTable(Table):
    """Columns read back from the `features` of held decisions or labelled examples."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], spec: FeatureSpec) -> None:
        self._rows = rows
        self._missing = {f.source: None if isinstance(f, Number) else "" for f in spec.fields}

    def __len__(self) -> int:
        return len(self._rows)

    @cached_property
    def item_counts(self) -> Integers:
        """Number of items of each parcel."""
        return np.fromiter((row["items"] for row in self._rows), np.int64, len(self))

    def column(self, source: str) -> Sequence[Any]:
        """Return the column of `source`; what a row of an older spec lacks counts as missing."""
        root, _, rest = source.partition(".")
        if root == "signals":
            return [rest in row["signals"] for row in self._rows]
        missing = self._missing[source]
        if level_of(source) is Level.PARCEL:
            return [row.get(source, missing) for row in self._rows]
        values = (row.get(source) or [missing] * row["items"] for row in self._rows)
        return [value for column in values for value in column]


def rows_of(table: Table, spec: FeatureSpec, parcels: Sequence[int]) -> list[Row]:
    """Return the readable features of some parcels: what the score was made from.

    Only signals that are present are listed, under `signals`.
    """
    ends = np.cumsum(table.item_counts).tolist()
    starts = [end - count for end, count in zip(ends, table.item_counts.tolist(), strict=True)]
    rows: list[Row] = [{"items": ends[p] - starts[p], "signals": []} for p in parcels]
    for field in spec.fields:
        column = table.column(field.source)
        for row, parcel in zip(rows, parcels, strict=True):
            if isinstance(field, Signal):
                if column[parcel]:
                    row["signals"].append(field.name)
            elif level_of(field.source) is Level.ITEM:
                row[field.source] = list(column[starts[parcel] : ends[parcel]])
            else:
                row[field.source] = _plain(column[parcel], isinstance(field, Number))
    return rows


def _plain(value: Any, number: bool) -> Any:
    if not number:
        return value
    return None if np.isnan(value) else float(value)
