"""Commands about models: what there is, which decides, and moving them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

models_app = typer.Typer(no_args_is_help=True, help="See which models there are, and choose one.")

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
WhoOption = Annotated[str, typer.Option(help="Who makes the change, for the record.")]
WhyOption = Annotated[str, typer.Option(help="Why, for the record.")]
NameArgument = Annotated[str, typer.Argument(help="A version, a lineage, or rules.")]


@models_app.command("list")
def list_models(json: JsonOption = False) -> None:
    """List lineages and versions, with how they do, and which decides."""
    from streams.policy_commands.printing import show
    from streams.registry import commands

    show(commands.listed(), json)


@models_app.command("show")
def show_model(name: NameArgument, json: JsonOption = False) -> None:
    """Show one model, and check that it is intact."""
    from streams.policy_commands.printing import show
    from streams.registry import commands

    show(commands.shown(name), json)


@models_app.command()
def promote(name: NameArgument, who: WhoOption, why: WhyOption = "") -> None:
    """Let a lineage (as it learns on), a version (as it is) or the rules decide."""
    from streams.registry import commands

    typer.echo(commands.promote(name, who, why))


@models_app.command()
def rollback(who: WhoOption, why: WhyOption = "") -> None:
    """Go back to what decided before the last change, or else to the last version."""
    from streams.registry import commands

    typer.echo(commands.rollback(who, why))


@models_app.command("export")
def export_model(name: NameArgument, file: Annotated[Path, typer.Argument()]) -> None:
    """Write a model with its signed description to a file."""
    from streams.registry import commands

    typer.echo(commands.export_to(name, file))


@models_app.command("import")
def import_model(file: Annotated[Path, typer.Argument()]) -> None:
    """Take a model from a file into the registry; it decides once it is promoted."""
    from streams.registry import commands

    typer.echo(commands.import_from(file))
