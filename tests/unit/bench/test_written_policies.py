"""Policy files of the benches say what the made books say."""

from __future__ import annotations

from pathlib import Path

from bench.rules.made import rare_book
from bench.speed.policies import write_policies
from bench.speed.recording import recorded_manifests
from schemas.codec import decode_manifest
from scorers.budgets.loading import load_plan
from scorers.lists.files import load_lists
from scorers.rules.files import load_rules

VALUES = recorded_manifests(100)
NAMES = ["Acme Trading Co"]


def test_write_policies_reads_back_the_rules_that_were_made(tmp_path: Path) -> None:
    paths = write_policies(tmp_path, VALUES, rules=50, names=NAMES)
    made = rare_book(50, [decode_manifest(value) for value in VALUES])
    read = load_rules(Path(paths["policy.rules"]))
    assert [(one.id, one.action, one.logits) for one in read.rules] == [
        (one.id, one.action, one.logits) for one in made.rules
    ]


def test_write_policies_without_rules_names_none(tmp_path: Path) -> None:
    assert "policy.rules" not in write_policies(tmp_path, VALUES, rules=0, names=NAMES)


def test_write_policies_with_a_name_twice_lists_it_once(tmp_path: Path) -> None:
    paths = write_policies(tmp_path, VALUES, rules=1, names=[*NAMES, "ACME trading co"])
    names = {one.value for one in load_lists(Path(paths["policy.lists"])).entries}
    assert {*NAMES, "ACME trading co"} - names == {"ACME trading co"}
    assert load_plan(Path(paths["policy.budgets"]).read_bytes(), "budgets").offices
