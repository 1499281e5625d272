"""Commands of analysts: every problem a line, tables for people, JSON for scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from schemas.codec import encode
from streams.cli import app
from tests.factories import make_manifests
from tests.unit.scorers.rules.builders import with_condition

RULES = with_condition("seller_id: seller-1")
LIST = "subject,value,kind\nseller,seller-1,watch\nname,Golden Sunrise Ltd,watch\n"


def greenlane(*arguments: object) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def answer(*arguments: object) -> Any:
    """Return what a command that succeeds says to scripts."""
    result = greenlane(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_rules_check_of_good_rules_names_them_and_their_version(tmp_path: Path) -> None:
    path = write(tmp_path / "rules.yaml", RULES)
    said = answer("rules", "check", path)
    (rule,) = said["rules"]
    assert (rule["rule"], rule["action"], rule["file"]) == ("some-rule", "hold", f"{path}:2")
    assert said["version"] in greenlane("rules", "check", path).stdout


def test_rules_check_of_broken_rules_tells_each_problem_in_a_line_and_fails(tmp_path: Path) -> None:
    text = RULES.replace("hold", "hodl").replace("owner: risk desk", "owner:")
    path = write(tmp_path / "rules.yaml", text)
    result = greenlane("rules", "check", path)
    assert result.exit_code == 1
    first, second = result.stdout.splitlines()
    assert first.startswith(f"{path}:3: rule some-rule.owner: expected ")
    assert second.startswith(f"{path}:7: rule some-rule.action: expected one of hold, ")
    assert second.endswith("got 'hodl'")


def test_rules_check_of_broken_rules_tells_scripts_the_parts_of_each_problem(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "rules.yaml", RULES.replace("hold", "hodl"))
    result = greenlane("rules", "check", path, "--json")
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["file"], problem["line"], problem["got"]) == (str(path), 7, "'hodl'")


def test_rules_test_counts_what_each_rule_matches_and_what_is_no_manifest(tmp_path: Path) -> None:
    rules = write(tmp_path / "rules.yaml", RULES)
    manifests = make_manifests(200, seed=7)
    lines = [*map(encode, manifests), b"{", b"[]"]
    said = answer("rules", "test", rules, write(tmp_path / "parcels.ndjson", b"\n".join(lines)))
    of_seller = sum(manifest.seller_id == "seller-1" for manifest in manifests)
    assert of_seller > 0
    (count,) = said["rehearsal"]["rules"]
    assert (count["matched"], count["applied"]) == (of_seller, of_seller)
    assert said["rehearsal"]["held"] == of_seller
    assert said["unreadable"] == 2
    assert said["first_problem"].startswith("Expected")


def test_lists_check_counts_entries_and_warns_of_wide_ones(tmp_path: Path) -> None:
    text = LIST + "name,Wei,watch\nname,Chen,restricted\nhs,93,prohibited\nhs,930190,prohibited\n"
    said = answer("lists", "check", write(tmp_path / "risks.csv", text))
    counts = {(one["kind"], one["subject"]): one["entries"] for one in said["lists"]}
    assert counts["watch", "name"] == 2
    assert counts["prohibited", "hs"] == 2
    assert counts["stop", "text"] > 20
    assert len(said["cautions"]) == 2


def test_lists_check_of_a_broken_list_tells_each_problem_in_a_line_and_fails(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "risks.csv", LIST + "seller,,watch\nhs,9301,wacth\n")
    result = greenlane("lists", "check", path)
    assert result.exit_code == 1
    assert [line.partition(": ")[0] for line in result.stdout.splitlines()] == [
        f"{path}:4",
        f"{path}:5",
    ]


def audited(folder: Path) -> list[Any]:
    return [json.loads(line) for line in (folder / "changes.ndjson").read_bytes().splitlines()]


def test_lists_import_into_a_folder_keeps_the_name_and_logs_who_did_it(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    source = write(tmp_path / "risks.csv", LIST)
    result = greenlane("lists", "import", source, "--into", folder, "--who", "anna")
    assert result.exit_code == 0, result.output
    assert (folder / "risks.csv").read_text() == LIST
    assert [(one["who"], one["action"]) for one in audited(folder)] == [("anna", "import")] * 2
    assert answer("lists", "check", folder)["lists"][0]["list"] == "risks"


def test_lists_import_of_a_broken_list_changes_and_logs_nothing(tmp_path: Path) -> None:
    into = write(tmp_path / "risks.csv", LIST)
    source = write(tmp_path / "new.csv", LIST + "seller,,watch\n")
    result = greenlane("lists", "import", source, "--into", into, "--who", "anna")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{source}:4: value: expected ")
    assert into.read_text() == LIST
    assert audited(tmp_path) == []


def test_lists_add_and_remove_change_one_entry_and_log_both(tmp_path: Path) -> None:
    path = write(tmp_path / "risks.csv", LIST)
    new = ("--kind", "restricted", "--subject", "text", "--value", "replica watch")
    (added,) = answer("lists", "add", path, "--who", "bob", *new, "--cell", "control=physical")
    assert added["entry"]["control"] == "physical"
    assert "replica watch" in path.read_text()
    (removed,) = answer("lists", "remove", path, added["reference"], "--who", "eve")
    assert removed["former"] == added["entry"]
    assert "replica watch" not in path.read_text()
    told = [(one["who"], one["action"], one["reference"]) for one in audited(tmp_path)]
    assert told == [("bob", "add", added["reference"]), ("eve", "remove", added["reference"])]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("risks.txt", "--who", "x"), "risks.txt: expected a name ending in .csv, got 'risks.txt'"),
        (("no/risks.csv", "--who", "x"), "no: expected a folder, got none"),
        (("risks.csv", "--who", " "), "--who: expected who makes the change, got nothing"),
    ],
)
def test_lists_add_in_a_wrong_way_fails_in_a_line_and_opens_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    new = ("--kind", "watch", "--subject", "seller", "--value", "seller-2")
    result = greenlane("lists", "add", *arguments, *new)
    assert result.exit_code == 1
    assert result.stdout.strip() == expected
    assert not list(tmp_path.iterdir())


def test_budgets_check_says_what_each_office_holds(tmp_path: Path) -> None:
    text = 'default.share = 0.03\noffices.A = {per_hour = 120, objective = "revenue", queue = 9}\n'
    path = write(tmp_path / "budgets.toml", text)
    said = answer("budgets", "check", path)
    assert said["plan"]["offices"]["A"]["per_hour"] == 120
    shown = greenlane("budgets", "check", path).stdout.splitlines()
    assert shown[1].split()[:4] == ["all", "others", "3.00%", "0.00%"]
    assert shown[2].split()[:2] == ["A", "120"]
    assert shown[-1] == f"version {said['version']}"


def test_budgets_check_of_a_broken_plan_tells_the_problem_and_fails(tmp_path: Path) -> None:
    path = write(tmp_path / "budgets.toml", "default.share = 3\n")
    result = greenlane("budgets", "check", path)
    assert result.exit_code == 1
    assert result.stdout == f"{path}:1: default.share: expected less than 1, got 3\n"


def test_reference_check_of_what_is_delivered_lists_what_is_not_confirmed(tmp_path: Path) -> None:
    said = answer("reference", "check", tmp_path)  # what a folder lacks is as delivered
    handling = [one for one in said["to_confirm"] if one["code"] == "EU-FEE-HANDLING"]
    assert [one["status"] for one in handling] == ["unconfirmed"]
    assert said["in_force"] < said["regimes"]


def test_reference_check_of_a_broken_file_tells_the_problem_and_fails(tmp_path: Path) -> None:
    write(tmp_path / "vat_rates.csv", "destination,rate_percent,source\nDE,nineteen,law\n")
    result = greenlane("reference", "check", tmp_path)
    assert result.exit_code == 1
    assert result.stdout == (
        "vat_rates.csv line 2: rate_percent: expected `float`, got 'nineteen'\n"
    )


def test_reference_check_of_broken_files_tells_every_problem_in_a_line(tmp_path: Path) -> None:
    write(
        tmp_path / "vat_rates.csv",
        "destination,rate_percent,source\nDE,nineteen,law\nFR,20\nIT,22.001,law\n",
    )
    write(tmp_path / "exchange_rates.csv", "Date,USD\n2026-07-01,-1\nyesterday,1.1\n")
    result = greenlane("reference", "check", tmp_path)
    assert result.exit_code == 1
    starts = [line.split(": expected")[0] for line in result.stdout.splitlines()]
    assert starts == [
        "vat_rates.csv line 2: rate_percent",
        "vat_rates.csv line 3",
        "vat_rates.csv line 4: rate_percent",
        "exchange_rates.csv line 2: USD",
        "exchange_rates.csv line 3: Date",
    ]
    said = json.loads(greenlane("reference", "check", tmp_path, "--json").stdout)["problems"]
    assert [one["line"] for one in said] == [2, 3, 4, 2, 3]


@pytest.mark.parametrize("when", ["yesterday", "2026-11-01T08:00:00"])
def test_replay_from_an_instant_without_offset_is_refused(when: str) -> None:
    result = greenlane("replay", "--from", when)
    assert result.exit_code == 2
    assert "expected a day" in result.output
