"""Commands that translate topics of a schema registry's formats, exactly once."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

bridge_app = typer.Typer(no_args_is_help=True, help="Translate formats of a schema registry.")

InwardName = Literal["manifests", "orders", "outcomes", "clearance"]
OutwardName = Literal["hold", "clear", "alerts"]
FormName = Literal["json", "avro", "protobuf"]


@bridge_app.command("in")
def bridge_in(
    source: Annotated[
        str, typer.Argument(metavar="TOPIC", help="JSON Schema, Avro or Protobuf, framed.")
    ],
    topic: Annotated[InwardName, typer.Option(help="Ours that it is written to.")] = "manifests",
) -> None:
    """Read a topic in a registry's formats, and write it to ours until stopped."""
    from streams.bridge.opening import require_client
    from streams.clock_watch import watch_clock
    from streams.logs import log_to_stderr
    from streams.settings import load_settings
    from streams.stopping import stop_on_signals

    log_to_stderr()
    watch_clock()
    require_client()
    from streams.bridge.bridging import run_inward

    run_inward(load_settings(), source, topic, stop_on_signals())


@bridge_app.command("out")
def bridge_out(
    topic: Annotated[OutwardName, typer.Argument(help="Ours that is read.")],
    target: Annotated[str, typer.Argument(metavar="TOPIC", help="Where it is written to.")],
    form: Annotated[FormName, typer.Option("--format", help="What it is written in.")] = "json",
) -> None:
    """Read a topic of ours, and write it in the frame of its schema until stopped."""
    from streams.bridge.opening import require_client
    from streams.clock_watch import watch_clock
    from streams.logs import log_to_stderr
    from streams.settings import load_settings
    from streams.stopping import stop_on_signals

    log_to_stderr()
    watch_clock()
    require_client()
    from streams.bridge.bridging import run_outward

    run_outward(load_settings(), topic, target, form, stop_on_signals())
