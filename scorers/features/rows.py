"""Readable features of single parcels: what held decisions carry and the learner reads back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from scorers.features.batch import Integers
from scorers.features.declared import Table
from scorers.features.fields import Level, Number, Signal
from scorers.features.sources import level_of
from scorers.features.spec import FeatureSpec
from scorers.features.tables import ManifestTable

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
        complete = self._complete.get(source)
        if level_of(source) is Level.PARCEL:
            return complete or [row.get(source, missing) for row in self._rows]
        if complete and all(complete):
            return list(chain.from_iterable(complete))
        lists = (row.get(source) or [missing] * row["items"] for row in self._rows)
        return list(chain.from_iterable(lists))

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
    at = np.array(parcels, dtype=np.int64)
    counts = table.item_counts[at]
    items = _ranges(np.cumsum(table.item_counts)[at] - counts, counts)
    numbers = _numbers_of(table, spec, at)
    values: dict[str, Sequence[Any]] = {
        "items": counts.tolist(),
        "signals": _signals_of(table, spec, at),
    }
    sources = (field.source for field in spec.fields if not isinstance(field, Signal))
    for source in dict.fromkeys(sources):
        if level_of(source) is Level.ITEM:
            values[source] = _divided(table.some(source, items), counts)
        else:
            values[source] = numbers.get(source) or table.some(source, at)
    return [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]


def identified_rows(table: ManifestTable, spec: FeatureSpec, parcels: Sequence[int]) -> list[Row]:
    """Return features of some parcels, and with them the keys of entities where those are known."""
    rows = rows_of(table, spec, parcels)
    if table.histories is not None:
        for row, known in zip(rows, table.histories.identified(parcels), strict=True):
            row.update(known)
    return rows


def _signals_of(table: Table, spec: FeatureSpec, parcels: Integers) -> list[list[str]]:
    """Return the names of the signals that each parcel has."""
    found: list[list[str]] = [[] for _ in parcels]
    present = [np.asarray(table.column(f"signals.{name}"))[parcels] for name in spec.signals]
    for signal, place in np.argwhere(present).tolist():
        found[place].append(spec.signals[signal])
    return found


def _numbers_of(table: Table, spec: FeatureSpec, parcels: Integers) -> dict[str, list[Any]]:
    """Return the parcels' numbers by source as they stand in JSON; a missing one is None."""
    numbers = (field.source for field in spec.fields if isinstance(field, Number))
    sources = list(dict.fromkeys(s for s in numbers if level_of(s) is Level.PARCEL))
    if not sources:
        return {}
    found = np.array([table.numbers(source).take(parcels) for source in sources])
    values = found.astype(object)
    values[np.isnan(found)] = None
    return dict(zip(sources, values.tolist(), strict=True))


def _ranges(firsts: Integers, sizes: Integers) -> Integers:
    """Return the numbers of all ranges of `sizes` from `firsts`."""
    starts = np.cumsum(sizes) - sizes
    places: Integers = np.arange(sizes.sum()) + np.repeat(firsts - starts, sizes)
    return places


def _divided(values: Sequence[Any], counts: Integers) -> list[list[Any]]:
    """Return the values of each parcel's items, which follow each other."""
    ends = np.cumsum(counts).tolist()
    return [
        list(values[end - count : end]) for count, end in zip(counts.tolist(), ends, strict=True)
    ]
