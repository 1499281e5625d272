"""Rule files: what is refused, each in one line with file, line, place, expected and got."""

from __future__ import annotations

import pytest

from tests.unit.scorers.rules.builders import (
    CONDITION_LINE,
    HEAD,
    book_from,
    problems_of,
    with_condition,
)

FILE = with_condition("destination_country: DE")

CONDITIONS = {
    "unknown_field": (
        "consignee.contry: DE",
        "when.consignee.contry: expected a field or all, any, not, same_item "
        "(the nearest is consignee.country), got 'consignee.contry'",
    ),
    "operator_of_another_kind": (
        "total_value: {starts_with: 1}",
        "when.total_value: expected one of is, above, below, between, missing, got 'starts_with'",
    ),
    "list_for_a_number": (
        "total_value: [1, 2]",
        "when.total_value: expected a test of a number: is, above, below, between, missing, "
        "got a list",
    ),
    "misspelt_operator": (
        "seller_id: {start_with: x}",
        "when.seller_id: expected one of is, in, not_in, starts_with, contains, missing "
        "(the nearest is starts_with), got 'start_with'",
    ),
    "regular_expression": (
        'items.description: {matches: "(a+)+$"}',
        "when.items.description: expected one of is, in, not_in, starts_with, contains, missing, "
        "got 'matches'",
    ),
    "no_operator": (
        "seller_id: {}",
        "when.seller_id: expected a test of a text: is, in, not_in, starts_with, contains, "
        "missing, got a mapping",
    ),
    "text_for_a_number": (
        "total_value: {above: ten}",
        "when.total_value.above: expected a finite number, got 'ten'",
    ),
    "number_without_end": (
        "total_value: {above: 1e999}",
        "when.total_value.above: expected a finite number, got '1e999'",
    ),
    "no_number": (
        "total_value: {below: .nan}",
        "when.total_value.below: expected a finite number, got '.nan'",
    ),
    "bounds_the_wrong_way_round": (
        "total_value: {between: [5, 1]}",
        "when.total_value.between: expected two numbers, the lower one first, got [5.0, 1.0]",
    ),
    "three_bounds": (
        "total_value: {between: [1, 2, 3]}",
        "when.total_value.between: expected two numbers, the lower one first, got [1.0, 2.0, 3.0]",
    ),
    "value_that_the_record_cannot_hold": (
        "channel: air",
        "when.channel: expected one of express, other, post, got 'air'",
    ),
    "country_in_lower_case": (
        "destination_country: [DE, fr]",
        "when.destination_country[1]: expected two capital letters (ISO 3166-1), got 'fr'",
    ),
    "heading_with_a_dot": (
        "items.hs_code: {starts_with: '8506.10'}",
        "when.items.hs_code.starts_with: expected 1 to 10 digits without dots, got '8506.10'",
    ),
    "identifier_that_is_too_long": (
        f"seller_id: {'x' * 65}",
        f"when.seller_id: expected a text of length <= 64, got '{'x' * 59}...",
    ),
    "mandatory_field_missing": (
        "consignee.id: {missing: true}",
        "when.consignee.id.missing: expected a field that may be left out, "
        "got consignee.id, which is mandatory",
    ),
    "start_that_every_text_has": (
        "seller_id: {starts_with: ''}",
        "when.seller_id.starts_with: expected at least one character, got nothing",
    ),
    "words_without_letters": (
        "items.description: {contains: '--'}",
        "when.items.description.contains: expected a word with letters or digits, got '--'",
    ),
    "signal_with_a_text": (
        "signals.value_zero: yes",
        "when.signals.value_zero: expected true or false, got 'yes'",
    ),
    "value_left_out": ("seller_id:", "when.seller_id: expected a text, got nothing"),
    "list_for_is": (
        "seller_id: {is: [a]}",
        "when.seller_id.is: expected one text; `in` takes a list, got a list",
    ),
    "empty_list": ("seller_id: []", "when.seller_id: expected a list, got an empty one"),
    "empty_condition": ("{}", "when: expected a condition, got an empty mapping"),
    "empty_tree": ("any: []", "when.any: expected a list, got an empty one"),
    "tree_without_a_list": ("all: {channel: post}", "when.all: expected a list, got a mapping"),
    "parcel_field_of_an_item": (
        "same_item: {channel: post}",
        "when.same_item.channel: expected a field of an item (items.NAME), got 'channel'",
    ),
    "item_within_an_item": (
        "same_item: {same_item: {items.origin: CN}}",
        "when.same_item.same_item: expected same_item once, got one within another",
    ),
    "field_that_is_no_single_value": (
        "submitted_at: 2026-01-01",
        "when.submitted_at: expected a field or all, any, not, same_item, got 'submitted_at'",
    ),
    "attribute_without_a_key": (
        "attributes.: x",
        "when.attributes.: expected a field or all, any, not, same_item, got 'attributes.'",
    ),
    "condition_that_is_a_text": ("always", "when: expected a mapping, got 'always'"),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_condition_that_is_wrong_is_refused_with_its_line(name: str) -> None:
    when, expected = CONDITIONS[name]
    (problem,) = problems_of(with_condition(when))
    assert problem.startswith(f"rules.yaml:{CONDITION_LINE}: rule some-rule.{expected}")


RULES = {
    "id_with_capitals": (("id: some-rule", "id: Some-Rule"), 2, "rule Some-Rule.id: expected up"),
    "no_id": (
        ("- id: some-rule\n    owner", "- owner"),
        2,
        "rules[0]: expected a key `id`, got none",
    ),
    "empty_owner": (
        ("risk desk", ""),
        3,
        "rule some-rule.owner: expected up to 64 characters on one line, got nothing",
    ),
    "reason_in_lower_case": (
        ("SOME-REASON", "some reason"),
        5,
        "rule some-rule.reason: expected a code like DG-BATTERY, got 'some reason'",
    ),
    "text_of_two_lines": (
        ("some text", '"one\\ntwo"'),
        6,
        "rule some-rule.text: expected up to 256 characters on one line, got 'one\\ntwo'",
    ),
    "misspelt_key": (
        ("owner:", "onwer:"),
        3,
        "rules[0]: expected one of id, owner, valid_from, reason, text, when, action, valid_to, "
        "logits, controls, severity, examples (the nearest is owner), got 'onwer'",
    ),
    "key_twice": (
        ("owner: risk desk", "owner: a\n    owner: b"),
        4,
        "rules[0].owner: expected a key once, got it again",
    ),
    "unknown_action": (
        ("action: hold", "action: stop"),
        7,
        "rule some-rule.action: expected one of hold, clear, adjust, advise, got 'stop'",
    ),
    "adjustment_without_logits": (
        ("action: hold", "action: adjust"),
        7,
        "rule some-rule: expected a key `logits` beside the action adjust, got none",
    ),
    "logits_of_a_hold": (
        ("action: hold", "action: hold\n    logits: 1"),
        8,
        "rule some-rule.logits: expected logits beside the action adjust only, got the action hold",
    ),
    "logits_too_high": (
        ("action: hold", "action: adjust\n    logits: 5.5"),
        8,
        "rule some-rule.logits: expected a number other than 0, from -5 to 5, got '5.5'",
    ),
    "logits_too_low": (
        ("action: hold", "action: adjust\n    logits: -5.5"),
        8,
        "rule some-rule.logits: expected a number other than 0, from -5 to 5, got '-5.5'",
    ),
    "logits_of_zero": (
        ("action: hold", "action: adjust\n    logits: -0.0"),
        8,
        "rule some-rule.logits: expected a number other than 0, from -5 to 5, got '-0.0'",
    ),
    "advice_without_controls": (
        ("action: hold", "action: advise"),
        7,
        "rule some-rule: expected a key `controls` beside the action advise, got none",
    ),
    "controls_of_a_clearance": (
        ("action: hold", "action: clear\n    controls: [x-ray]"),
        8,
        "rule some-rule.controls: expected controls beside another action, got the action clear",
    ),
    "severity_of_a_clearance": (
        ("action: hold", "action: clear\n    severity: 100"),
        8,
        "rule some-rule.severity: expected severity beside another action, got the action clear",
    ),
    "severity_of_nothing": (
        ("action: hold", "action: hold\n    severity: 0"),
        8,
        "rule some-rule.severity: expected a number of EUR above 0, up to 1,000,000, got '0'",
    ),
    "severity_too_high": (
        ("action: hold", "action: hold\n    severity: 1000001"),
        8,
        "rule some-rule.severity: expected a number of EUR above 0, up to 1,000,000, got '1000001'",
    ),
    "unknown_control": (
        ("action: hold", "action: hold\n    controls: [x-ray, dog]"),
        8,
        "rule some-rule.controls[1]: expected one of documents, x-ray, physical, sample-test, "
        "got 'dog'",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_rule_that_is_wrong_is_refused_with_its_line(name: str) -> None:
    (old, new), line, expected = RULES[name]
    problems = problems_of(FILE.replace(old, new))
    assert any(problem.startswith(f"rules.yaml:{line}: {expected}") for problem in problems)


def test_file_with_many_faults_lists_them_all() -> None:
    faults = FILE.replace("SOME-REASON", "x").replace("hold", "stop").replace("DE", "Germany")
    assert [problem.split(": expected")[0] for problem in problems_of(faults)] == [
        "rules.yaml:5: rule some-rule.reason",
        "rules.yaml:7: rule some-rule.action",
        "rules.yaml:9: rule some-rule.when.destination_country",
    ]


def test_rule_that_is_wrong_does_not_hide_what_is_wrong_with_the_next() -> None:
    second = FILE.removeprefix("rules:\n").replace("some-rule", "other-rule").replace("DE", "X1")
    problems = problems_of(FILE.replace("DE", "X1") + second)
    assert [problem.split(".")[1].split()[-1] for problem in problems] == [
        "some-rule",
        "other-rule",
    ]


def test_id_that_comes_twice_is_refused_with_both_places() -> None:
    assert problems_of(FILE + FILE.removeprefix("rules:\n")) == [
        "rules.yaml:10: rule some-rule.id: expected an id of its own, got the one of rules.yaml:2"
    ]


def test_file_without_rules_makes_an_empty_book() -> None:
    assert len(book_from("rules: []")) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "rules.yaml:1: expected a mapping with `rules`, got an empty file"),
        ("# only a comment", "rules.yaml:1: expected a mapping with `rules`, got an empty file"),
        ("time_zone: UTC", "rules.yaml:1: expected a key `rules`, got none"),
        ("rules: none", "rules.yaml:1: rules: expected a list, got 'none'"),
        ("rules: [7]", "rules.yaml:1: rules[0]: expected a mapping, got '7'"),
        ("rules: []\ntimezone: UTC", "rules.yaml:2: expected one of rules, time_zone (the nearest"),
    ],
)
def test_file_that_holds_no_rules_is_refused(text: str, expected: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith(expected)


def test_head_of_the_builders_is_a_whole_rule() -> None:
    assert HEAD.count("\n") == CONDITION_LINE - 1
    assert problems_of(FILE) == []
