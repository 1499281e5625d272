"""The figures as one picture: a panel for each thing that grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

Points = Sequence[Mapping[str, Any]]


def plot(panels: Mapping[str, Points], path: Path) -> None:
    """Draw each panel's figures against what grows, and save the picture."""
    figure = Figure(figsize=(4 * len(panels), 3.4), layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axis, (title, points) in zip(axes, panels.items(), strict=True):
        for name in [name for name in points[0] if name != "at"]:
            axis.plot([p["at"] for p in points], [p[name] for p in points], "o-", label=name)
        if points[-1]["at"] > 10 * max(points[0]["at"], 1):
            axis.set_xscale("symlog" if points[0]["at"] == 0 else "log")
        axis.set(title=title, ylim=(0, None))
        axis.legend()
    axes[0].set_ylabel("CPU, us a manifest")
    figure.savefig(path)
