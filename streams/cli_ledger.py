"""Commands of the IOSS ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from streams.ledger.telling import Against

ledger_app = typer.Typer(no_args_is_help=True, help="The IOSS ledger, for the tax authority.")

_FAILED: Final = 1
_MONTH_FORMAT: Final = r"%Y-%m"

MetricsOption = Annotated[
    Path | None,
    typer.Option(help="A .prom file to write how many lines differ to, for a textfile collector."),
]
MonthOption = Annotated[str, typer.Option(help="YYYY-MM.")]


def _month(text: str) -> str:
    from datetime import UTC, datetime

    try:
        moment = datetime.strptime(text, _MONTH_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise typer.BadParameter(f"expected a month such as 2026-11, got {text!r}") from None
    return moment.strftime(_MONTH_FORMAT)


def _tell(file: Path | None, against: Against, mismatches: int) -> None:
    if file is not None:
        from streams.ledger.telling import tell

        tell(file, against, mismatches)


@ledger_app.command()
def export(
    month: MonthOption,
    out: Annotated[Path | None, typer.Option(help="A CSV file; standard output if none.")] = None,
) -> None:
    """Write what is due for a month: supplies by destination, and corrections."""
    from streams.ledger import commands

    lines = commands.export(_month(month), out)
    if out is not None:
        typer.echo(f"{lines:,} lines written to {out}")


@ledger_app.command()
def compare(
    file: Annotated[Path, typer.Argument(help="A return: CSV as `export` writes it.")],
    metrics: MetricsOption = None,
) -> None:
    """List where a return differs from the ledger; exit with 1 if it does."""
    from streams.ledger import commands
    from streams.ledger.comparing import worded

    found = commands.compare(file)
    _tell(metrics, "return", len(found))
    for mismatch in found:
        typer.echo(worded(mismatch, "return"))
    if found:
        raise typer.Exit(_FAILED)
    typer.echo("the return agrees with the ledger")


@ledger_app.command()
def correct(
    file: Annotated[Path, typer.Argument(help="NDJSON of corrections, one a line.")],
) -> None:
    """Put earlier months right: each correction counts once, by its id."""
    from streams.ledger.correcting import publish_corrections
    from streams.settings import load_settings

    count = publish_corrections(load_settings(), file)
    typer.echo(f"{count:,} {'correction' if count == 1 else 'corrections'} published")


@ledger_app.command()
def audit(month: MonthOption, metrics: MetricsOption = None) -> None:
    """Add up the decisions of a month and say whether the ledger has the same, to the cent."""
    from streams.ledger import commands
    from streams.ledger.comparing import worded

    supplies, found = commands.audit(_month(month))
    _tell(metrics, "decisions", len(found))
    for mismatch in found:
        typer.echo(worded(mismatch, "decisions"))
    if found:
        raise typer.Exit(_FAILED)
    parcels = sum(amounts.parcels for amounts in supplies.values())
    size = f"{len(supplies):,} lines, {parcels:,} parcels"
    typer.echo(f"the ledger agrees with the decisions: {size}")
