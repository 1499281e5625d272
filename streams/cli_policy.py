"""Commands about policy: rules, lists, budgets, reference data, and decisions made again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

rules_app = typer.Typer(no_args_is_help=True, help="Check the rules of analysts, and try them.")
lists_app = typer.Typer(no_args_is_help=True, help="Check lists, and change them on the record.")
budgets_app = typer.Typer(no_args_is_help=True, help="Check budget plans.")
reference_app = typer.Typer(no_args_is_help=True, help="Check duty and tax data.")

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
WhoOption = Annotated[str, typer.Option(help="Who makes the change, for the audit log.")]
RulesArgument = Annotated[Path, typer.Argument(help="YAML file or folder of rules.")]
ListArgument = Annotated[Path, typer.Argument(help="CSV file of the list.")]


def add_policy(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.add_typer(rules_app, name="rules")
    app.add_typer(lists_app, name="lists")
    app.add_typer(budgets_app, name="budgets")
    app.add_typer(reference_app, name="reference")
    app.command()(replay)
    app.command()(explain)


@rules_app.command("check")
def check_rules(path: RulesArgument, json: JsonOption = False) -> None:
    """Read rules and try their examples."""
    from streams.policy_commands import rules
    from streams.policy_commands.printing import show

    show(rules.check(path), json)


@rules_app.command("test")
def try_rules(
    path: RulesArgument,
    file: Annotated[Path, typer.Argument(help="Manifests: NDJSON or CSV, plain or gzip.")],
    adapter: Annotated[
        str | None, typer.Option(help="How to read FILE if it holds no manifests.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Count which rules match recorded manifests."""
    from streams.policy_commands import rules
    from streams.policy_commands.printing import show

    show(rules.rehearsed(path, file, adapter), json)


@lists_app.command("check")
def check_lists(
    path: Annotated[Path, typer.Argument(help="CSV file or folder of lists.")],
    json: JsonOption = False,
) -> None:
    """Read lists, and say where an entry may hold more than was meant."""
    from streams.clock import utc_now
    from streams.policy_commands import lists
    from streams.policy_commands.printing import show

    show(lists.check(path, utc_now()), json)


@lists_app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(metavar="CSV", help="The list as it shall be.")],
    into: Annotated[Path, typer.Option(help="The list to replace, or the folder of lists.")],
    who: WhoOption,
    json: JsonOption = False,
) -> None:
    """Put a list in place of the one that is there."""
    from streams.clock import utc_now
    from streams.policy_commands import lists
    from streams.policy_commands.printing import show

    show(lists.put(file, into, who, utc_now()), json)


@lists_app.command("add")
def add_to_list(
    path: ListArgument,
    who: WhoOption,
    kind: Annotated[str, typer.Option(help="prohibited, watch, restricted, stop or allow.")],
    subject: Annotated[str, typer.Option(help="What VALUE is: name, address, hs, seller...")],
    value: Annotated[str, typer.Option()],
    cell: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=TEXT", help="Another column; may be given again."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Add an entry to a list."""
    from streams.clock import utc_now
    from streams.policy_commands import lists
    from streams.policy_commands.printing import show

    others = {name: text for name, _, text in (one.partition("=") for one in cell or [])}
    cells = {"subject": subject, "value": value, "kind": kind, **others}
    show(lists.add(path, cells, who, utc_now()), json)


@lists_app.command("remove")
def remove_from_list(
    path: ListArgument,
    reference: Annotated[str, typer.Argument(help="As reasons and the audit log name the entry.")],
    who: WhoOption,
    json: JsonOption = False,
) -> None:
    """Take an entry off a list."""
    from streams.clock import utc_now
    from streams.policy_commands import lists
    from streams.policy_commands.printing import show

    show(lists.remove(path, reference, who, utc_now()), json)


@budgets_app.command("check")
def check_budgets(
    file: Annotated[Path, typer.Argument(help="TOML file of the plan.")], json: JsonOption = False
) -> None:
    """Read a budget plan and say what it means."""
    from streams.policy_commands import budgets
    from streams.policy_commands.printing import show

    show(budgets.check(file), json)


@reference_app.command("check")
def check_reference(
    folder: Annotated[Path, typer.Argument(help="Files in it replace those delivered.")],
    json: JsonOption = False,
) -> None:
    """Read duty and tax data, and say what of it is not confirmed."""
    from streams.policy_commands import reference
    from streams.policy_commands.printing import show

    show(reference.check(folder), json)


def replay(
    budgets: Annotated[
        Path | None,
        typer.Option(
            "--budgets",
            "--policy",
            help="Another budget plan, to be set against what was decided.",
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="A model of the registry, or rules, to decide by.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="T", help="Day in UTC, or instant with offset.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="T", help="Before this.")] = None,
    json: JsonOption = False,
) -> None:
    """Make the decisions on the topics again: from their records, by other budgets or a model."""
    from streams.policy_commands.instants import instant
    from streams.policy_commands.printing import show
    from streams.replay import with_model, with_model_wording
    from streams.replay.command import replay as make_again
    from streams.replay.reading import Period
    from streams.replay.wording import report_of
    from streams.settings import load_settings

    period = Period(instant(since, "--from"), instant(until, "--to"))
    if model is not None:
        replayed = with_model.replay_with_model(model, budgets, period, load_settings())
        show(with_model_wording.report_of(replayed), json)
        return
    show(report_of(make_again(budgets, period)), json)


def explain(
    decision_id: Annotated[str, typer.Argument(help="topic:partition:offset of the manifest.")],
    json: JsonOption = False,
) -> None:
    """Make one past decision again from the log, and say whether it comes out the same."""
    from streams.explaining.command import explain as make_again
    from streams.explaining.wording import report_of
    from streams.policy_commands.printing import show

    show(report_of(decision_id, make_again(decision_id)), json)
