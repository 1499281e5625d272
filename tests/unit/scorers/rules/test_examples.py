"""Examples in rule files: fragments that a rule must match, or must not."""

from __future__ import annotations

from pathlib import Path

import pytest

import scorers.rules
from schemas.manifest import Manifest
from scorers.rules.checking import book_of
from tests.factories import MANIFEST, make_party
from tests.unit.scorers.rules.builders import book_from, problems_of, with_condition

FILE = with_condition("destination_country: DE")
EXAMPLE = Path(scorers.rules.__file__).parent / "example.yaml"


def with_example(fragment: str, outcome: str = "match", when: str | None = None) -> str:
    text = FILE if when is None else with_condition(when)
    return f"{text}    examples:\n      - {outcome}: {fragment}\n"


def completed(fragment: str) -> Manifest:
    """Return the manifest that a fragment stands for."""
    (rule,) = book_from(with_example(fragment)).rules
    return rule.examples[0].manifest


def test_example_as_it_should_be_is_accepted() -> None:
    assert problems_of(with_example("{destination_country: DE}")) == []
    assert problems_of(with_example("{destination_country: FR}", "no_match")) == []


@pytest.mark.parametrize(
    ("fragment", "outcome", "expected"),
    [
        ("{destination_country: FR}", "match", "expected a match, got none"),
        ("{destination_country: DE}", "no_match", "expected no match, got one"),
    ],
)
def test_example_taken_for_the_opposite_is_refused(
    fragment: str, outcome: str, expected: str
) -> None:
    assert problems_of(with_example(fragment, outcome)) == [
        f"rules.yaml:11: rule some-rule.examples: {expected}"
    ]


def test_example_is_tried_whatever_the_dates_of_its_rule() -> None:
    text = with_example("{submitted_at: 1999-01-01T00:00:00Z}")
    assert problems_of(text) == []


def test_fragment_completes_the_contracts_example() -> None:
    assert completed("{seller_id: s-1}").seller_id == "s-1"
    assert completed("{seller_id: s-1}").items == MANIFEST.items


def test_fragment_of_items_keeps_the_sums_right() -> None:
    manifest = completed("{items: [{value: 3, net_weight_kg: 1}, {value: 4, net_weight_kg: 2}]}")
    assert (manifest.total_value, manifest.gross_weight_kg) == (7.0, 3.0)
    assert manifest.items[1].description == MANIFEST.items[0].description


def test_fragment_that_gives_a_sum_keeps_it() -> None:
    assert completed("{total_value: 99, items: [{value: 3}]}").total_value == 99.0


def test_fragment_of_items_without_weight_or_value_is_a_valid_manifest() -> None:
    manifest = completed("{items: [{value: 0, net_weight_kg: 0}]}")
    assert (manifest.total_value, manifest.gross_weight_kg) == (0.0, MANIFEST.gross_weight_kg)


def test_fragment_of_a_party_changes_only_what_it_says() -> None:
    manifest = completed("{consignee: {city: Bonn}, deliver_to: {city: Bonn}, seller_id: NO}")
    assert manifest.consignee == make_party(city="Bonn")
    assert manifest.deliver_to is not None
    assert manifest.deliver_to.id != manifest.consignee.id
    assert manifest.seller_id == "NO"


REFUSALS = {
    "unknown_field": (
        "{destination: DE}",
        "examples[0].match: expected one of schema_version, manifest_id, ",
    ),
    "unknown_field_of_an_item": (
        "{items: [{hs: 85}]}",
        "examples[0].match.items[0]: expected one of description, hs_code, ",
    ),
    "value_beyond_its_bound": (
        "{gross_weight_kg: 0}",
        "examples[0].match: expected a fragment that keeps the manifest's contract, "
        "got Expected `float` > 0.0 - at `$.gross_weight_kg`",
    ),
    "value_of_another_type": (
        "{items: [{value: much}]}",
        "examples[0].match: expected a fragment that keeps the manifest's contract, "
        "got Expected `float`, got `str` - at `$.items[0].value`",
    ),
    "list_for_a_text": ("{seller_id: [a]}", "examples[0].match.seller_id: expected a text, got"),
    "no_mapping": ("DE", "examples[0].match: expected a mapping, got 'DE'"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_fragment_that_makes_no_manifest_is_refused(name: str) -> None:
    fragment, expected = REFUSALS[name]
    (problem,) = problems_of(with_example(fragment))
    assert problem.startswith(f"rules.yaml:11: rule some-rule.{expected}")


@pytest.mark.parametrize("outcome", ["matches", "yes"])
def test_outcome_that_is_neither_is_refused(outcome: str) -> None:
    problems = problems_of(with_example("{}", outcome))
    assert "rule some-rule.examples[0]: expected one of match, no_match" in problems[0]


def test_packaged_rules_agree_with_their_examples() -> None:
    book = book_of([("example.yaml", EXAMPLE.read_bytes())])
    assert len(book) == 10
    for rule in book.rules:
        assert {example.matches for example in rule.examples} == {True, False}
