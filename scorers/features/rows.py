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
from scorers.features.columns import flags_of, numbers_of
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
    if not len(parcels):
        return []
    at = np.array(parcels, dtype=np.int64)
    counts = table.item_counts[at]
    items = _ranges(table.item_counts.cumsum()[at] - counts, counts)
    sources = spec.sources
    values: dict[str, Sequence[Any]] = dict.fromkeys(("items", "signals", *sources.told), ())
    values["items"], values["signals"] = counts.tolist(), _signals_of(table, spec, at)
    values |= zip(sources.numbers, _numbers_of(table, sources.numbers, at), strict=True)
    values |= {source: table.some(source, at) for source in sources.texts}
    values |= {source: _divided(table.some(source, items), counts) for source in sources.items}
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
    present = flags_of(table, spec.sources.signals)[:, parcels]
    for signal, place in zip(*(places.tolist() for places in present.nonzero()), strict=True):
        found[place].append(spec.signals[signal])
    return found


def _numbers_of(table: Table, sources: tuple[str, ...], parcels: Integers) -> list[list[Any]]:
    """Return the parcels' numbers as they stand in JSON, a list for each source; a missing one is
    None."""
    found = numbers_of(table, sources)[:, parcels]
    values = found.astype(object)
    values[np.isnan(found)] = None
    return list(values.tolist())


def _ranges(firsts: Integers, sizes: Integers) -> Integers:
    """Return the numbers of all ranges of `sizes` from `firsts`."""
    starts = sizes.cumsum() - sizes
    places: Integers = np.arange(sizes.sum()) + (firsts - starts).repeat(sizes)
    return places


def _divided(values: Sequence[Any], counts: Integers) -> list[list[Any]]:
    """Return the values of each parcel's items, which follow each other."""
    ends = counts.cumsum().tolist()
    return [
        list(values[end - count : end]) for count, end in zip(counts.tolist(), ends, strict=True)
    ]
