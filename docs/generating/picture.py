"""The picture of the live demo: `python -m docs.generating.picture SECONDS` makes it."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.panel import Panel

from streams.demo import run
from streams.demo.run import Demo
from streams.demo.view import live_panel
from streams.simulation import SimulationPlan

_PICTURE: Final = Path(__file__).parents[1] / "images" / "demo.svg"
_WIDTH: Final = 110
_SECONDS: Final = 20.0

# As the library draws it, without a font from elsewhere.
_FORMAT: Final = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g></g></svg>
"""


def main(seconds: float) -> None:
    """Run the demo, and draw the last that a person would have seen."""
    seen: list[Panel] = []

    def remembered(*arguments: object) -> Panel:
        seen[:] = [live_panel(*arguments)]  # type: ignore[arg-type]
        return seen[0]

    run.live_panel = remembered  # type: ignore[assignment]
    screen = Console(file=io.StringIO(), force_terminal=True, width=_WIDTH)
    if not Demo(screen, SimulationPlan(), seconds).run():
        sys.exit("the demo did not decide every manifest once")
    drawn = Console(file=io.StringIO(), record=True, width=_WIDTH, force_terminal=True)
    drawn.print(seen[0])
    text = drawn.export_svg(title="make demo", code_format=_FORMAT, unique_id="demo")
    _PICTURE.write_text("\n".join(line.rstrip() for line in text.splitlines()) + "\n", "utf-8")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else _SECONDS)
