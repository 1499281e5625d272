"""Readable features of single parcels: what held decisions carry and the learner reads back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import repeat
from math import isnan
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Integers
from scorers.features.declared import Table
from scorers.features.fields import Field, Level, Number, Signal
from scorers.features.sources import level_of
from scorers.features.spec import FeatureSpec

Row = dict[str, Any]


class RowTable(Table):
    """Columns read back from the `features` of held decisions or labelled examples."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], spec: FeatureSpec) -> None:
        super().__init__()
        self._rows = rows
        self._missing = {
            field.source: None if isinstance(field, Number) else ""
            for field in spec.fields
            if not isinstance(field, Signal)
        }

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
            return self._signals.get(rest, np.zeros(len(self), dtype=np.bool_))  # type: ignore[return-value]
        missing = self._missing[source]
        if level_of(source) is Level.ITEM:
            values = (row.get(source) or [missing] * row["items"] for row in self._rows)
            return [value for column in values for value in column]
        if source in self._complete:
            return self._complete[source]
        return [row.get(source, missing) for row in self._rows]

    @cached_property
    def _complete(self) -> Mapping[str, Sequence[Any]]:
        """Columns that no row lacks; of one spec's rows that is all of them."""
        try:
            return self._taken_apart(list(self._missing))
        except KeyError:
            return self._taken_apart(sorted(set(self._missing).intersection(*self._rows)))

    def _taken_apart(self, sources: Sequence[str]) -> Mapping[str, Sequence[Any]]:
        """Return columns that every row has; raise `KeyError` if a row lacks one."""
        if not self._rows:
            return {}
        # One call takes a row apart. Of a single name it would give no tuple: two are asked for.
        read = itemgetter("signals", "items", *sources)
        _, _, *columns = zip(*map(read, self._rows), strict=True)
        return dict(zip(sources, columns, strict=True))

    @cached_property
    def _signals(self) -> dict[str, npt.NDArray[np.bool_]]:
        """Return where the signals are present that any row has."""
        found: dict[str, npt.NDArray[np.bool_]] = {}
        for place, row in enumerate(self._rows):
            for name in row["signals"]:
                if name not in found:
                    found[name] = np.zeros(len(self), dtype=np.bool_)
                found[name][place] = True
        return found


def rows_of(table: Table, spec: FeatureSpec, parcels: Sequence[int]) -> list[Row]:
    """Return the readable features of some parcels: what the score was made from.

    Only signals that are present are listed, under `signals`.
    """
    ends = np.cumsum(table.item_counts)
    spans = [(int(ends[p] - table.item_counts[p]), int(ends[p])) for p in parcels]
    at = np.array(parcels, dtype=np.int64)
    values = {f.source: _values(f, table, at, spans) for f in spec.fields if _readable(f)}
    read = zip(*values.values(), strict=True) if values else repeat(())
    rows: list[Row] = [
        {"items": end - start, "signals": [], **dict(zip(values, row, strict=True))}
        for (start, end), row in zip(spans, read, strict=bool(values))
    ]
    present = [np.asarray(table.column(f"signals.{name}"))[at] for name in spec.signals]
    for signal, place in np.argwhere(present).tolist():
        rows[place]["signals"].append(spec.signals[signal])
    return rows


def _readable(field: Field) -> bool:
    return not isinstance(field, Signal)


def _values(
    field: Field, table: Table, parcels: Integers, spans: Sequence[tuple[int, int]]
) -> Sequence[Any]:
    """Return the column's values of some parcels, as they stand in JSON."""
    if level_of(field.source) is Level.ITEM:
        column = table.column(field.source)
        return [list(column[start:end]) for start, end in spans]
    if isinstance(field, Number):
        numbers = table.numbers(field.source)[parcels].tolist()
        return [None if isnan(number) else number for number in numbers]
    return table.some(field.source, parcels)
