"""Medians of the rounds, their ratios, and the printed table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from bench.speed.rounds import Absent, Figures


def summary(results: Sequence[Figures | Absent]) -> list[dict[str, Any]]:
    """Return a line for each contestant, in the order of the first round.

    Ratios are medians of the rounds' own ratios, as neighbours in time share the machine's mood.
    """
    names = list(dict.fromkeys(result.name for result in results))
    return [_line(name, results) for name in names]


def _line(name: str, results: Sequence[Figures | Absent]) -> dict[str, Any]:
    own = [one for one in results if isinstance(one, Figures) and one.name == name]
    if not own:
        reason = next(one.reason for one in results if isinstance(one, Absent) and one.name == name)
        return {"name": name, "absent": reason}
    rates = [one.rate for one in own]
    pairs = [
        mine.rate / theirs.rate
        for mine, theirs in zip(_of("greenlane", results), _of(name, results), strict=False)
        if isinstance(mine, Figures) and isinstance(theirs, Figures)
    ]
    return {
        "name": name,
        "rate": median(rates),
        "rates": rates,
        "greenlane_is": median(pairs) if pairs else None,
        "us_a_manifest": {
            process: median(one.us_a_manifest[process] for one in own)
            for process in own[0].us_a_manifest
        },
        "memory_mb": max((size for one in own for size in one.memory_mb), default=0.0),
    }


def _of(name: str, results: Sequence[Figures | Absent]) -> list[Figures | Absent]:
    """Return a contestant's results, round by round."""
    return [one for one in results if one.name == name]


def table(lines: Sequence[dict[str, Any]]) -> str:
    """Return the table as Markdown; CPU is in microseconds a manifest."""
    head = "| contestant | manifests/s | greenlane is | worker CPU | broker | store | memory, MB |"
    rows = [head, "|---|---:|---:|---:|---:|---:|---:|"]
    for line in lines:
        if "absent" in line:
            rows.append(f"| {line['name']} | absent | | | | | |")
            continue
        cpu, times = line["us_a_manifest"], line["greenlane_is"]
        ratio = f"{times:.2f} x" if times else ""
        cost = " | ".join(f"{cpu[name]:.1f}" for name in ("worker", "broker", "store"))
        rate, memory = f"{line['rate']:,.0f}", f"{line['memory_mb']:.0f}"
        rows.append(f"| {line['name']} | {rate} | {ratio} | {cost} | {memory} |")
    reasons = [f"{line['name']}: {line['absent']}" for line in lines if "absent" in line]
    return "\n".join([*rows, *reasons])
