"""Small charts as SVG: lines, columns and rows, without scripts or anything from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH: Final = 640
_HEIGHT: Final = 300
_LEFT: Final = 52
_RIGHT: Final = 16
_TOP: Final = 12
_BOTTOM: Final = 46
_ROW: Final = 38
_NAME: Final = 19
_BAR: Final = 10
_COLOURS: Final = 4
"""Series beyond share the colours of the first; style sheet `report_style`."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    """What one direction of a chart shows: its bounds, ticks and title, and how to write a tick."""

    title: str
    low: float
    high: float
    ticks: Sequence[float]
    text: Callable[[float], str] = "{:g}".format

    def share(self, value: float) -> float:
        """Return where `value` stands between the bounds, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


SHARE: Final = Axis("", 0.0, 1.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
"""The axis of a share or a probability; it needs a title."""


def line_chart(
    label: str,
    series: Mapping[str, Sequence[Point]],
    axes: tuple[Axis, Axis],
    reference: Sequence[Point] = (),
) -> str:
    """Return a line with dots for each series; `reference` is drawn dashed behind them."""
    x, y = axes
    parts = [_grid(x, y)]
    if reference:
        parts.append(f'<polyline class="reference" points="{_path(reference, x, y)}"/>')
    for number, (name, points) in enumerate(series.items()):
        colour = f"s{number % _COLOURS}"
        parts.append(f'<polyline class="line {colour}" points="{_path(points, x, y)}"/>')
        parts += [_dot(name, point, x, y, colour) for point in points]
    return _legend(list(series)) + _svg(label, _HEIGHT, parts)


def column_chart(label: str, series: Mapping[str, Sequence[float]], axes: tuple[Axis, Axis]) -> str:
    """Return columns from the x axis's low to its high bound, side by side for each series."""
    x, y = axes
    parts = [_grid(x, y)]
    for number, (name, values) in enumerate(series.items()):
        slot = (x.high - x.low) / len(values)
        width = slot * 0.8 / len(series)
        for column, value in enumerate(values):
            left = x.low + slot * (column + 0.1) + width * number
            title = f"{name}, from {x.text(x.low + slot * column)}: {value:.4g}"
            box = (_x(left, x), _y(value, y), _x(left + width, x), _y(y.low, y))
            parts.append(_box(box, f"s{number % _COLOURS}", title))
    return _legend(list(series)) + _svg(label, _HEIGHT, parts)


def row_chart(label: str, rows: Mapping[str, float]) -> str:
    """Return a bar for each row, with its name above it and its value behind it."""
    most = max(rows.values(), default=0.0) or 1.0
    parts = []
    for number, (name, value) in enumerate(rows.items()):
        top = _TOP + number * _ROW
        end = (_WIDTH - _LEFT) * value / most
        parts.append(_text(name, 0, top + _NAME - 5, "start"))
        box = (0.0, top + _NAME, end, top + _NAME + _BAR)
        parts.append(_box(box, "s0", f"{name}: {value:.4g}"))
        parts.append(_text(f"{value:.3f}", end + 6, top + _NAME + _BAR - 2, "start"))
    return _svg(label, len(rows) * _ROW + 2 * _TOP, parts)


def _grid(x: Axis, y: Axis) -> str:
    left, right, bottom = _LEFT, _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts = []
    for tick in y.ticks:
        at = _y(tick, y)
        parts.append(f'<line class="grid" x1="{left}" y1="{at:.1f}" x2="{right}" y2="{at:.1f}"/>')
        parts.append(_text(y.text(tick), left - 8, at + 4, "end"))
    parts += [_text(x.text(tick), _x(tick, x), bottom + 18, "middle") for tick in x.ticks]
    parts.append(f'<line class="axis" x1="{left}" y1="{bottom}" x2="{right}" y2="{bottom}"/>')
    parts.append(_text(x.title, (left + right) / 2, _HEIGHT - 8, "middle"))
    turned = f'transform="rotate(-90)" x="{-(_TOP + bottom) / 2:.1f}" y="12"'
    parts.append(f'<text {turned} text-anchor="middle">{escape(y.title)}</text>')
    return "".join(parts)


def _dot(name: str, point: Point, x: Axis, y: Axis, colour: str) -> str:
    title = f"{name}, {x.text(point[0])}: {point[1]:.3f}"
    centre = f'cx="{_x(point[0], x):.1f}" cy="{_y(point[1], y):.1f}"'
    return f'<circle class="{colour}" {centre} r="3"><title>{escape(title)}</title></circle>'


def _box(box: tuple[float, float, float, float], colour: str, title: str) -> str:
    left, top, right, bottom = box
    place = f'x="{left:.1f}" y="{top:.1f}" width="{max(right - left, 0):.1f}"'
    size = f'{place} height="{max(bottom - top, 0):.1f}"'
    return f'<rect class="{colour}" {size}><title>{escape(title)}</title></rect>'


def _text(text: str, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _path(points: Sequence[Point], x: Axis, y: Axis) -> str:
    return " ".join(f"{_x(a, x):.1f},{_y(b, y):.1f}" for a, b in points)


def _x(value: float, axis: Axis) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * axis.share(value)


def _y(value: float, axis: Axis) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * axis.share(value)


def _legend(names: Sequence[str]) -> str:
    if len(names) < 2:
        return ""
    keys = (
        f'<li><span class="key s{number % _COLOURS}"></span>{escape(name)}</li>'
        for number, name in enumerate(names)
    )
    return f'<ul class="legend">{"".join(keys)}</ul>'


def _svg(label: str, height: int, parts: Sequence[str]) -> str:
    box = f'viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(label)}"'
    return f"<svg {box}>{''.join(parts)}</svg>"
