"""What a parcel's readable features say of one field, in words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

from scorers.features.bins import bin_bounds
from scorers.features.fields import Category, Field, Level, Note, Number, Signal, Words
from scorers.features.rows import Row
from scorers.features.sources import level_of

_MAX_VALUES: Final = 3

Phrase = Callable[[Row], str]


def phrase_of(field: Field) -> Phrase:
    """Return what tells a row's value of `field`; it gives "" for an absent signal.

    >>> phrase_of(Category("hs4", "main.hs_code", "heading", prefix=4))({"main.hs_code": "610910"})
    'heading 6109'
    """
    label, source = field.label, field.source
    if isinstance(field, Signal):
        name = field.name
        return lambda row: label if name in row["signals"] else ""
    if isinstance(field, Number) and field.times:
        return lambda row: f"{label} {_times(row.get(source), field.unit)}"
    shown = _shown(field)
    if level_of(source) is Level.ITEM:
        return lambda row: f"{label} {_several(row.get(source) or [None], shown)}"
    return lambda row: f"{label} {shown(row.get(source))}"


def detailed(text: str, signal: Signal) -> Phrase:
    """Return what tells a text and, where the row knows all of it, the signal's detail."""

    def told(row: Row) -> str:
        values = [row.get(source) for source in signal.sources]
        if not signal.detail or any(value is None or value == "" for value in values):
            return text
        return f"{text}: {signal.detail.format(*values)}"

    return told


def _times(ratio: float | None, usual: str) -> str:
    """Return a ratio as so many times above or below what is usual, or as about that.

    >>> _times(2.5, "the limit"), _times(0.25, "the limit"), _times(0.998, "the limit")
    ('2.5x above the limit', '4x below the limit', 'about the limit')
    """
    if not ratio:
        return f"against {usual} not known" if ratio is None else f"of nothing against {usual}"
    times, side = (ratio, "above") if ratio >= 1 else (1 / ratio, "below")
    told = f"{times:.3g}"
    return f"about {usual}" if told == "1" else f"{told}x {side} {usual}"


def _several(values: list[Any], shown: Callable[[Any], str]) -> str:
    if len(values) == 1:
        return shown(values[0])
    return " / ".join(list(dict.fromkeys(map(shown, values)))[:_MAX_VALUES])


def _shown(field: Category | Number | Words | Note) -> Callable[[Any], str]:
    """Return what puts one value of `field` in words."""
    if isinstance(field, Number):
        return _measured(field)
    if isinstance(field, Words):
        return lambda value: f'"{value}"' if value else "not given"
    prefix = (field.prefix or None) if isinstance(field, Category) else None
    return lambda value: str(value)[:prefix] if value else "not given"


def _measured(number: Number) -> Callable[[float | None], str]:
    """Return what tells a quantity with its bin: what the score and the evidence are about."""
    unit = f" {number.unit}" if number.unit else ""
    if number.per_octave:
        return lambda value: "missing" if value is None else _of_octave(value, number, unit)
    edges = number.edges
    spans = [f"{low:.4g} to {high:.4g}" for low, high in pairwise(edges)]
    bins = [
        f"{unit} ({span})" for span in (f"below {edges[0]:.4g}", *spans, f"from {edges[-1]:.4g}")
    ]

    def told(value: float | None) -> str:
        return "missing" if value is None else f"{value:.4g}{bins[bisect_right(edges, value)]}"

    return told


def _of_octave(value: float, number: Number, unit: str) -> str:
    if value == 0:
        return f"0{unit}"
    low, high = bin_bounds(number, value)
    return f"{value:.4g}{unit} ({low:.4g} to {high:.4g})"
