"""The book of rules: what hits say, in what order, and what makes another version."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from schemas.decision import Reason
from scorers.features.tables import ManifestTable
from scorers.rules.book import RuleBook
from scorers.rules.conditions import Listed, Not, Within
from scorers.rules.rule import RuleHit, Validity
from tests.factories import make_manifest, make_manifests
from tests.unit.scorers.rules.builders import apply, make_rule

TO_DE = Listed("destination_country", ("DE",))
CHEAP = Within("total_value", 0.0, 20.0)
ALL = Not(Listed("seller_id", ("nobody",)))

HOLD = make_rule(TO_DE, id="b-hold", controls=("x-ray",))
CLEAR = make_rule(CHEAP, id="a-clear", action="clear", reason="CLEAR")
RAISE = make_rule(TO_DE, id="c-raise", action="adjust", logits=1.5, controls=("documents",))
LOWER = make_rule(CHEAP, id="d-lower", action="adjust", logits=-0.25)
ADVISE = make_rule(CHEAP, id="e-advise", action="advise", controls=("sample-test", "documents"))

DE_CHEAP = make_manifest()
FR_CHEAP = make_manifest(destination_country="FR")
DE_DEAR = make_manifest(total_value=500.0)
FR_DEAR = make_manifest(destination_country="FR", total_value=500.0)
PARCELS = [DE_CHEAP, FR_CHEAP, DE_DEAR, FR_DEAR]


def test_mandatory_hold_beats_a_mandatory_clear_and_both_are_noted() -> None:
    hits = apply(RuleBook([HOLD, CLEAR]), PARCELS)
    assert hits.hold.tolist() == [True, False, True, False]
    assert hits.clear.tolist() == [False, True, False, False]
    assert [hit.rule for hit in hits.of(0)] == ["a-clear", "b-hold"]


def test_adjustments_of_a_parcel_add_up() -> None:
    hits = apply(RuleBook([RAISE, LOWER, HOLD]), PARCELS)
    assert hits.adjustment.tolist() == [1.25, -0.25, 1.5, 0.0]


def test_hits_of_a_parcel_say_rule_reason_and_controls() -> None:
    hits = apply(RuleBook([RAISE]), PARCELS)
    reason = Reason("SOME-REASON", "some text", "rule", 1.5)
    assert hits.of(2) == (RuleHit("c-raise", "adjust", reason, ("documents",)),)
    assert hits.of(1) == ()
    assert hits.parcels.tolist() == [0, 2]


def test_reason_of_a_mandatory_hold_contributes_nothing_to_the_score() -> None:
    (hit,) = apply(RuleBook([HOLD]), [DE_DEAR]).of(0)
    assert hit.reason.contribution == 0.0


def test_controls_of_a_parcel_come_once_the_lightest_first() -> None:
    hits = apply(RuleBook([HOLD, RAISE, ADVISE]), PARCELS)
    assert hits.controls_of(0) == ("documents", "x-ray", "sample-test")
    assert hits.controls_of(3) == ()


def test_order_of_the_rules_makes_no_difference() -> None:
    rules = [HOLD, CLEAR, RAISE, LOWER, ADVISE]
    one, other = RuleBook(rules), RuleBook(reversed(rules))
    assert one.version == other.version
    first, second = apply(one, PARCELS), apply(other, PARCELS)
    assert [first.of(n) for n in range(4)] == [second.of(n) for n in range(4)]
    assert first.adjustment.tobytes() == second.adjustment.tobytes()


def test_adjustments_do_not_depend_on_the_rest_of_the_batch() -> None:
    values = (0.1, 0.2, 0.3, -0.7, 1e-9)
    rules = [
        make_rule(ALL, id=f"rule-{n}", action="adjust", logits=logits)
        for n, logits in enumerate(values)
    ]
    book, manifests = RuleBook(rules), make_manifests(200, seed=3)
    whole = apply(book, manifests)
    single = np.concatenate([apply(book, [manifest]).adjustment for manifest in manifests])
    assert whole.adjustment.tobytes() == single.tobytes()
    assert all([hit.rule for hit in whole.of(n)] == [r.id for r in rules] for n in range(200))


def test_empty_book_says_nothing() -> None:
    hits = apply(RuleBook([]), PARCELS)
    assert not hits.hold.any()
    assert not hits.clear.any()
    assert hits.adjustment.tolist() == [0.0] * 4
    assert hits.of(0) == ()


def test_empty_batch_has_no_hits() -> None:
    hits = RuleBook([HOLD]).apply(ManifestTable([]))
    assert len(hits.hold) == len(hits.adjustment) == len(hits.parcels) == 0


def test_applied_again_says_the_same() -> None:
    book, manifests = RuleBook([HOLD, CLEAR, RAISE]), make_manifests(100, seed=4)
    first, second = apply(book, manifests), apply(book, manifests)
    assert first.hold.tolist() == second.hold.tolist()
    assert first.rules.tolist() == second.rules.tolist()


CHANGES: dict[str, dict[str, Any]] = {
    "id": {"id": "other"},
    "owner": {"owner": "somebody else"},
    "reason": {"reason": "OTHER"},
    "text": {"text": "other text"},
    "condition": {"when": Not(TO_DE)},
    "action": {"action": "clear", "controls": ()},
    "controls": {"controls": ("physical",)},
    "start": {"validity": Validity(datetime(2021, 1, 1, tzinfo=UTC))},
    "end": {"validity": replace(HOLD.validity, end=datetime(2030, 1, 1, tzinfo=UTC))},
}


@pytest.mark.parametrize("name", CHANGES)
def test_version_changes_with_what_a_rule_says(name: str) -> None:
    assert RuleBook([replace(HOLD, **CHANGES[name])]).version != RuleBook([HOLD]).version


def test_version_changes_with_the_smallest_step_of_a_bound() -> None:
    next_to_it = make_rule(Within("total_value", 0.0, math.nextafter(20.0, 21.0)))
    assert RuleBook([next_to_it]).version != RuleBook([make_rule(CHEAP)]).version


def test_version_does_not_change_with_file_or_line() -> None:
    moved = replace(HOLD, file="other.yaml", line=70)
    assert RuleBook([moved]).version == RuleBook([HOLD]).version


def test_version_is_the_same_in_every_process() -> None:
    assert RuleBook([HOLD]).version == "rules-73e3192a6534"
