"""Commands about profiles; like all, they import what they need when they run."""

from __future__ import annotations

from typing import Annotated, Final, Literal, NoReturn

import typer

profiles_app = typer.Typer(
    no_args_is_help=True, help="Look at profiles, forget one, make all anew, and change the secret."
)

_FAILED: Final = 1

Kind = Literal["consignee", "shipper", "seller", "address", "ioss", "lane"]


KindArgument = Annotated[Kind, typer.Argument(help="What kind of entity.")]
NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="As declared; platform|seller, country|postcode|street, lane '610910 CN'.",
    ),
]


@profiles_app.command()
def show(kind: KindArgument, name: NameArgument) -> None:
    """Print what is known of a party, an address, an IOSS number or a lane."""
    from streams.clock import utc_now
    from streams.profiles.commands import shown
    from streams.settings import load_settings

    lines = shown(load_settings(), kind, name, utc_now())
    if not lines:
        _unknown(kind, name)
    for line in lines:
        typer.echo(line)


@profiles_app.command()
def forget(kind: KindArgument, name: NameArgument) -> None:
    """Drop what is known of a party, an address, an IOSS number or a lane."""
    from streams.profiles.commands import forgotten
    from streams.settings import load_settings

    if not forgotten(load_settings(), kind, name):
        _unknown(kind, name)
    typer.echo(f"{kind} {name}: forgotten")


@profiles_app.command()
def rebuild(
    replace: Annotated[bool, typer.Option("--replace", help="Drop what the store has.")] = False,
) -> None:
    """Make the profiles anew from the topics. Stop workers and the learner first."""
    from streams.clock import utc_now
    from streams.logs import log_to_stderr
    from streams.profiles.commands import rebuilt
    from streams.settings import load_settings

    log_to_stderr()
    typer.echo(rebuilt(load_settings(), utc_now(), replace=replace))


@profiles_app.command()
def rotate() -> None:
    """Bring all under a new profiles.secret; the one until now is the last of
    profiles.former_secrets. Stop workers and the learner first."""
    from streams.profiles.commands import rotated
    from streams.settings import load_settings

    typer.echo(rotated(load_settings()))


def _unknown(kind: str, name: str) -> NoReturn:
    typer.echo(f"{kind} {name}: not in the profiles", err=True)
    raise typer.Exit(_FAILED)
