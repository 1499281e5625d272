"""What rules and lists say together: what decides, what adjusts, in which order it is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.alerts import ActiveAlert, AlertBook
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.features.declared import DeclaredTable
from scorers.features.tables import ManifestTable
from scorers.policybook import PolicyBook
from scorers.series import names_of
from scorers.verdicts import verdicts_of
from tests.factories import PROPERTY, make_manifest
from tests.unit.scorers.policybooks import lists, rules, verdicts

HOLD, CLEAR = {"action": "hold"}, {"action": "clear"}
WATCH, PROHIBITED, ALLOW = {"kind": "watch"}, {"kind": "prohibited"}, {"kind": "allow"}


def adjust(logits: float) -> dict[str, Any]:
    return {"action": "adjust", "logits": logits}


def restricted(score: float) -> dict[str, Any]:
    return {"kind": "restricted", "score": score}


@pytest.mark.parametrize("clears_first", [True, False])
def test_clear_and_hold_of_two_rules_is_a_hold(clears_first: bool) -> None:
    said = verdicts(rules(CLEAR, HOLD) if clears_first else rules(HOLD, CLEAR))
    assert said.hold.tolist() == [True, False]
    assert said.clear.tolist() == [False, False]


@pytest.mark.parametrize("kind", ["watch", "prohibited"])
def test_clear_of_a_rule_and_hold_of_a_list_is_a_hold(kind: str) -> None:
    said = verdicts(rules(CLEAR), lists({"kind": kind}))
    assert (said.hold[0], said.clear[0]) == (True, False)


@pytest.mark.parametrize("kind", ["restricted", "allow"])
def test_clear_of_a_rule_beats_lists_that_do_not_hold(kind: str) -> None:
    said = verdicts(rules(CLEAR), lists({"kind": kind}))
    assert (said.hold[0], said.clear[0]) == (False, True)


def test_allow_of_a_list_and_hold_of_a_rule_is_a_hold_without_trust() -> None:
    said = verdicts(rules(HOLD), lists(ALLOW))
    assert (said.hold[0], said.allow[0]) == (True, False)


def test_allow_of_a_list_alone_is_trust_and_neither_hold_nor_clear() -> None:
    said = verdicts(None, lists(ALLOW))
    assert said.allow.tolist() == [True, False]
    assert not said.hold.any()
    assert not said.clear.any()


def test_adjustments_of_rules_and_lists_add_up() -> None:
    said = verdicts(rules(adjust(1.5), adjust(-0.5)), lists(restricted(2.0), restricted(-0.25)))
    assert said.adjustment.tolist() == [2.75, 0.0]


def test_severity_is_the_highest_that_a_rule_or_a_list_says() -> None:
    said = rules(
        {"action": "adjust", "logits": 1.0, "severity": 2_000},
        {"action": "hold", "severity": 500},
    )
    listed = lists({"kind": "restricted", "severity": 800.0}, {"kind": "watch"})
    assert verdicts(said, listed).severity.tolist() == [2_000.0, 0.0]
    assert verdicts(None, listed).severity.tolist() == [800.0, 0.0]


def test_rules_and_lists_count_by_the_time_of_the_log_not_by_what_the_sender_states() -> None:
    old = make_manifest(seller_id="seller-1", submitted_at=datetime(2019, 1, 1, tzinfo=UTC))
    since = datetime(2026, 1, 1, tzinfo=UTC)
    book = PolicyBook(
        BudgetPlan(default=Budget(share=0.1)),
        rules({"action": "adjust", "logits": 1.0}),
        lists({"kind": "watch", "valid_from": since}),
    )
    by_sender = verdicts_of(book, DeclaredTable([old]))
    by_log = verdicts_of(book, DeclaredTable([old]), np.array([since.timestamp()]))
    too_early = verdicts_of(book, DeclaredTable([old]), np.array([since.timestamp() - 1]))
    holds = [one.hold.tolist() for one in (by_sender, by_log, too_early)]
    assert holds == [[False], [True], [False]]
    assert [one.adjustment.tolist() for one in (by_sender, by_log)] == [[0.0], [1.0]]


def test_verdicts_of_another_book_on_the_same_batch_are_those_of_its_own_lists() -> None:
    table, plan = DeclaredTable([make_manifest(seller_id="seller-1")]), Budget(share=0.1)
    books = [
        PolicyBook(BudgetPlan(default=plan), lists=lists(entry)) for entry in (WATCH, ALLOW, WATCH)
    ]
    assert [verdicts_of(one, table).hold[0] for one in books] == [True, False, True]


def test_stop_word_adds_what_its_entry_says_and_holds_nothing() -> None:
    entry = {"kind": "stop", "subject": "text", "value": "printed", "score": 0.75}
    said = verdicts(None, lists(entry))
    assert not said.hold.any()
    # Both parcels are printed T-shirts, but a stop word must be all that is said.
    assert said.adjustment.tolist() == [0.0, 0.0]


def test_reasons_of_a_parcel_that_nothing_matches_are_none() -> None:
    said = verdicts(rules(HOLD), lists(WATCH))
    assert said.reasons(1) == said.controls(1) == ()
    assert said.matched == {0}


def test_reasons_tell_mandatory_holds_first_then_clears_then_the_weightiest() -> None:
    said = verdicts(rules(adjust(1.0), CLEAR, HOLD, adjust(3.0)), lists(restricted(2.0), WATCH))
    told = [(reason.source, reason.code, reason.contribution) for reason in said.reasons(0)]
    assert told == [
        ("rule", "RULE-2", 0.0),
        ("list", "WATCH-LIST", 0.0),
        ("rule", "RULE-1", 0.0),
        ("rule", "RULE-3", 3.0),
        ("list", "RESTRICTED-GOODS", 2.0),
        ("rule", "RULE-0", 1.0),
    ]


def test_reason_of_a_list_states_its_logits_to_four_decimals() -> None:
    (reason,) = verdicts(None, lists(restricted(1.23456))).reasons(0)
    assert reason.contribution == 1.2346


def test_alerts_add_to_rules_and_lists_and_are_told_of_the_parcels_they_match() -> None:
    manifests = [make_manifest(seller_id="seller-1"), make_manifest(destination_country="FR")]
    table = ManifestTable(manifests)
    (lane,) = names_of(table, [0])
    book = PolicyBook(
        BudgetPlan(default=Budget(share=0.1)),
        rules(adjust(2.0)),
        lists(restricted(-0.5)),
        AlertBook((ActiveAlert("a", "spike", lane, "five times as many as usual"),)),
    )
    said = verdicts_of(book, table)
    assert said.adjustment.tolist() == [2.5, 0.0]
    assert [one.code for one in said.reasons(0)] == ["RULE-0", "LANE-SPIKE", "RESTRICTED-GOODS"]
    assert said.reasons(1) == ()
    assert said.matched == {0}


def test_controls_of_rules_and_lists_are_told_once_the_lightest_first() -> None:
    said = verdicts(
        rules({"action": "advise", "controls": "[physical, x-ray]"}),
        lists({"kind": "restricted", "control": "documents"}, {**WATCH, "control": "x-ray"}),
    )
    assert said.controls(0) == ("documents", "x-ray", "physical")


ACTIONS = st.lists(st.sampled_from([HOLD, CLEAR, adjust(1.0), adjust(-2.0)]), max_size=4)
ENTRIES = st.lists(st.sampled_from([WATCH, PROHIBITED, ALLOW, restricted(1.5)]), max_size=4)


@PROPERTY
@given(ACTIONS, ENTRIES)
def test_verdicts_whatever_matches_never_clear_or_trust_what_must_be_held(
    actions: list[dict[str, Any]], entries: list[dict[str, Any]]
) -> None:
    said = verdicts(rules(*actions) if actions else None, lists(*entries))
    must = HOLD in actions or WATCH in entries or PROHIBITED in entries
    assert said.hold.tolist() == [must, False]
    assert said.clear.tolist() == [CLEAR in actions and not must, False]
    assert not (said.hold & said.allow).any()
