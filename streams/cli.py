"""The command line. A command imports what it needs when it runs, so `--help` answers at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast

import typer

from streams.cli_bridge import bridge_app
from streams.cli_ledger import ledger_app
from streams.cli_models import models_app
from streams.cli_policy import add_policy
from streams.cli_profiles import profiles_app

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Greenlane screens cross-border parcels: hold or clear, exactly once, with reasons.",
)
topics_app = typer.Typer(no_args_is_help=True, help="Create and check the topics.")
app.add_typer(topics_app, name="topics")
app.add_typer(profiles_app, name="profiles")
app.add_typer(ledger_app, name="ledger")
app.add_typer(models_app, name="model")
app.add_typer(bridge_app, name="bridge")

_FAILED: Final = 1
_UsageError: Final = cast("type[Exception]", typer.BadParameter.__bases__[0])
"""What all errors of a command's words are; Typer gives it no name of its own."""

SchemaName = Literal[
    "manifest",
    "decision",
    "outcome",
    "order",
    "example",
    "alert",
    "clearance",
    "held-stats",
    "lane-stats",
    "ledger-deltas",
    "ledger-entry",
    "asyncapi",
]
SchemaFormName = Literal["json", "avro", "protobuf"]
ProtocolName = Literal["frozen", "prequential", "closed-loop"]
TopicName = Literal["manifests", "orders", "outcomes", "clearance"]

AdapterOption = Annotated[
    str | None, typer.Option(help="How to read FILE if it holds no manifests.")
]
FileArgument = Annotated[Path, typer.Argument(help="NDJSON or CSV, plain or gzip.")]


@app.command()
def worker() -> None:
    """Screen manifests until stopped."""
    from streams.services import serve_worker

    serve_worker()


@app.command()
def learner() -> None:
    """Join outcomes to holds and train the model until stopped."""
    from streams.services import serve_learner

    serve_learner()


@app.command()
def tower() -> None:
    """Watch lanes, keep the IOSS ledger and serve the control tower's pages until stopped."""
    from streams.tower.serving import serve_tower

    serve_tower()


@app.command()
def simulate(
    rate: Annotated[float, typer.Option(min=1, help="Parcels a second.")] = 2_000.0,
    inspection_seconds: Annotated[float, typer.Option(min=0)] = 2.0,
    seed: int = 1,
) -> None:
    """Play platforms and customs on the topics until stopped."""
    from streams.services import serve_simulation
    from streams.simulation import SimulationPlan

    serve_simulation(SimulationPlan(rate, inspection_seconds, seed))


@app.command()
def demo(
    duration: Annotated[float, typer.Option(min=5, help="Seconds.")] = 60.0,
    rate: Annotated[float, typer.Option(min=1, help="Parcels a second.")] = 2_000.0,
    seed: int = 1,
) -> None:
    """Watch simulated parcels being screened and the model getting better."""
    from rich.console import Console

    from streams.demo.run import Demo
    from streams.simulation import SimulationPlan

    if not Demo(Console(), SimulationPlan(rate=rate, seed=seed), duration).run():
        raise typer.Exit(_FAILED)


@app.command()
def sandbox(
    broker_port: Annotated[int, typer.Option(min=1, max=65_535)] = 9092,
    store_port: Annotated[int, typer.Option(min=1, max=65_535)] = 6379,
    tower: Annotated[bool, typer.Option("--tower", help="With a control tower.")] = False,
) -> None:
    """Run Greenlane on this machine, in memory, to try clients and files of policy against."""
    from streams.sandbox import run_sandbox
    from streams.stopping import stop_on_signals

    run_sandbox(broker_port, store_port, stop_on_signals(), typer.echo, with_tower=tower)


@app.command()
def screen(
    file: FileArgument,
    out: Annotated[Path, typer.Option(help="Where to write one decision a line.")],
    adapter: AdapterOption = None,
    outcomes: Annotated[
        Path | None, typer.Option(help="NDJSON of item_id and result, fed back for what is held.")
    ] = None,
    hold_share: Annotated[float | None, typer.Option(help="Share of parcels to hold.")] = None,
    explore_share: Annotated[float | None, typer.Option(help="Part of it at random.")] = None,
) -> None:
    """Screen a file on this machine; no services needed."""
    from streams.screen.command import screen_file

    screen_file(file, out, adapter, outcomes, hold_share, explore_share)


@app.command()
def evaluate(
    adapter: Annotated[str, typer.Option(help="How to read the files.")],
    protocol: Annotated[ProtocolName, typer.Option()] = "frozen",
    train: Annotated[list[Path] | None, typer.Option(help="May be given again.")] = None,
    test: Annotated[list[Path] | None, typer.Option(help="May be given again.")] = None,
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files of a closed loop; others take --test.")
    ] = None,
    budget: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share inspected a day.")] = 0.1,
    explore: Annotated[float, typer.Option(min=0.0, max=1.0, help="Of it at random.")] = 0.01,
    warmup_days: Annotated[int, typer.Option(min=1, help="Days with every label.")] = 31,
    seed: int = 1,
    report: Annotated[Path | None, typer.Option(help="Write a page with plots.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the scorer on recorded cases, without Kafka."""
    from scorers.evaluation.closed_loop import LoopPlan
    from streams.evaluate import EvaluationPlan, print_result

    loop = LoopPlan(budget, explore, warmup_days, seed)
    cases = [*(test or []), *(files or [])]
    print_result(EvaluationPlan(adapter, protocol, train or [], cases, loop), report, json)


@app.command()
def publish(
    file: FileArgument,
    topic: Annotated[TopicName, typer.Option()] = "manifests",
    adapter: AdapterOption = None,
) -> None:
    """Publish the records of a file to a topic."""
    from streams.publishing import publish_file

    count, name = publish_file(file, topic, adapter)
    typer.echo(f"{count:,} {'record' if count == 1 else 'records'} published to {name}")


@app.command()
def trace(
    item_id: Annotated[str, typer.Argument(metavar="ITEM_ID")],
    days: Annotated[float, typer.Option(min=0.01, max=36_500, help="How far to look back.")] = 30.0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
) -> None:
    """Tell a parcel's story: manifest, decision, clearance events, outcome, alerts."""
    from streams.clock import utc_now
    from streams.tracing import command

    told = command.trace(item_id, days, utc_now())
    if json:
        typer.echo(command.as_json(told))
    for one in () if json else told:
        typer.echo(f"{one.at:%Y-%m-%d %H:%M:%S}  {one.what:<10} {one.text}  [{one.read_at}]")
    if not told:
        typer.echo(f"nothing about {item_id} in the last {days:g} days", err=True)
        raise typer.Exit(_FAILED)


@topics_app.command()
def create() -> None:
    """Create the topics that are missing."""
    from streams.kafka.clients import admin_client
    from streams.kafka.reaching import require_broker
    from streams.kafka.topics import create_topics
    from streams.settings import load_settings

    settings = load_settings()
    require_broker(settings.kafka)
    created = create_topics(admin_client(settings.kafka), settings.topics)
    typer.echo(f"created: {', '.join(created) or 'nothing, all are there'}")


@topics_app.command()
def check() -> None:
    """Check that the topics are as they should be."""
    from streams.kafka.clients import admin_client
    from streams.kafka.reaching import require_broker
    from streams.kafka.topics import check_topics
    from streams.settings import load_settings

    settings = load_settings()
    require_broker(settings.kafka)
    problems = check_topics(admin_client(settings.kafka), settings.topics)
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(_FAILED)
    typer.echo("all topics are as planned")


@app.command()
def schema(
    name: Annotated[SchemaName, typer.Argument(help="A record, or all topics as AsyncAPI 3.")],
    form: Annotated[SchemaFormName, typer.Option("--format", help="Of a record.")] = "json",
) -> None:
    """Print the schema of a record, or the AsyncAPI document of all topics."""
    from streams.contracts import schema_text

    typer.echo(schema_text(name, form))


@app.command()
def doctor() -> None:
    """Say what is reachable, what is missing, and what to do."""
    from streams.doctor import examine
    from streams.settings import load_settings

    findings = examine(load_settings())
    for found in findings:
        advice = f"  -> {found.advice}" if found.advice else ""
        typer.echo(f"{'ok ' if found.well else 'BAD'}  {found.subject:<12} {found.state}{advice}")
    if not all(found.well for found in findings):
        raise typer.Exit(_FAILED)


add_policy(app)


def main() -> None:
    """Run the command line. What a user can cause ends in one line, without a traceback."""
    from streams.failures import one_line
    from streams.logs import silence_librdkafka

    silence_librdkafka()
    try:
        status = app(prog_name="greenlane", standalone_mode=False)
    except _UsageError as error:
        sys.exit(_misused(error))
    except Exception as error:
        line = one_line(error)
        if line is None:
            raise
        typer.echo(f"greenlane: {' '.join(line.splitlines())}", err=True)
        sys.exit(_FAILED)
    sys.exit(status)


def _misused(error: Any) -> int:
    """Tell of wrong words in a line; who gave none has been shown the help. Return the status."""
    said = error.format_message().rstrip(".")
    if said:
        command = "greenlane" if error.ctx is None else error.ctx.command_path
        typer.echo(f"{command}: {said}; see `{command} --help`", err=True)
    return int(error.exit_code)


if __name__ == "__main__":
    main()
