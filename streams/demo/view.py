"""The live view: a panel in a terminal, plain lines elsewhere."""

from __future__ import annotations

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from schemas.decision import Decision
from streams.demo.scoreboard import Scoreboard


def plain_line(board: Scoreboard, elapsed: float, rate: float) -> str:
    """Return the state as one line."""
    risk, random = board.arms["risk"], board.arms["exploration"]
    return (
        f"{elapsed:5.0f} s  {rate:7,.0f}/s  lag {board.lag:,}  "
        f"p50 {board.latency_ms(0.5):.0f} ms  p99 {board.latency_ms(0.99):.0f} ms  "
        f"held {board.hold_rate:.1%}  labels {board.model_labels:,}  "
        f"violations: by score {risk.recent_precision:.1%}, at random {random.precision:.1%}"
    )


def live_panel(board: Scoreboard, elapsed: float, duration: float, rate: float) -> Panel:
    """Return the state as a panel, with the newest holds and their reasons."""
    body = Group(_figures(board, rate), Text(), _holds(list(board.newest)))
    title = f"Greenlane demo  {elapsed:.0f} of {duration:.0f} s"
    return Panel(body, title=title, border_style="green", padding=(1, 2))


def _figures(board: Scoreboard, rate: float) -> Table:
    risk, random = board.arms["risk"], board.arms["exploration"]
    table = Table.grid(padding=(0, 3))
    table.add_row("screened", f"{board.decided:,}", "rate", f"{rate:,.0f}/s")
    table.add_row("lag", f"{board.lag:,}", "latency p50 / p99", _latency(board))
    table.add_row("held", f"{board.hold_rate:.1%}", "labels learnt", f"{board.model_labels:,}")
    table.add_row(
        "violations, by score",
        Text(f"{risk.recent_precision:.1%} of the last {len(risk.recent):,}", "bold green"),
        "at random",
        f"{random.precision:.1%} of {random.inspected:,}",
    )
    return table


def _latency(board: Scoreboard) -> str:
    return f"{board.latency_ms(0.5):.0f} / {board.latency_ms(0.99):.0f} ms"


def _holds(newest: list[Decision]) -> Table:
    # Without `expand` the long column would push out the short ones.
    table = Table(
        box=None, padding=(0, 2, 0, 0), title="newest holds", title_justify="left", expand=True
    )
    table.add_column("parcel", no_wrap=True, min_width=13)
    table.add_column("to", no_wrap=True, min_width=2)
    table.add_column("chance", no_wrap=True, min_width=6, justify="right")
    table.add_column("why", no_wrap=True, overflow="ellipsis", ratio=1)
    for decision in reversed(newest):
        why = "; ".join(reason.text for reason in decision.reasons[:3])
        chance = f"{decision.probability:.0%}"
        table.add_row(decision.item_id, decision.destination_country, chance, why)
    return table


def print_summary(console: Console, board: Scoreboard, seconds: float) -> None:
    """Print how the demo ended."""
    risk, random = board.arms["risk"], board.arms["exploration"]
    ratio = risk.recent_precision / random.precision if random.precision else 0.0
    table = Table(title="Summary", title_justify="left", show_header=False)
    for name, value in (
        ("manifests published", f"{board.published:,} in {seconds:.0f} s"),
        ("decided once", f"{board.decided:,}  (lost {board.lag:,}, twice {board.twice:,})"),
        ("held", f"{board.actions['hold']:,}  ({board.hold_rate:.1%})"),
        ("latency p50 / p99", _latency(board)),
        ("labels learnt", f"{board.model_labels:,}"),
        ("violations among holds by score", _share(risk.violations, risk.inspected)),
        (f"  of the last {len(risk.recent):,}", f"{risk.recent_precision:.1%}"),
        ("violations among random holds", _share(random.violations, random.inspected)),
        ("by score against random, at the end", f"{ratio:.1f} x"),
    ):
        table.add_row(name, value)
    console.print(table)


def _share(violations: int, inspected: int) -> str:
    return f"{violations / inspected:.1%} of {inspected:,}" if inspected else "none inspected"
