"""Decisions of batches with mandatory parcels: budgets, arms, reasons, and that they repeat."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from schemas.codec import decode_decision, encode
from schemas.decision import MAX_REASONS, Decision
from schemas.manifest import Manifest
from scorers.budgets.exploration import Odds
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.budgets.selection import select_with
from scorers.budgets.trusted import Member, TrustedLane
from scorers.features.fields import Category, crosses
from scorers.features.tables import ManifestTable
from scorers.lists.book import ListBook
from scorers.logged_history import packed_histories
from scorers.lottery import Lottery
from scorers.policybook import PolicyBook
from scorers.rules.book import RuleBook
from tests.factories import decide, make_coordinates, make_manifest, make_manifests, make_spec
from tests.unit.scorers.assessment.builders import assess, parcel
from tests.unit.scorers.budgets.builders import NOON
from tests.unit.scorers.pasts import seen_by
from tests.unit.scorers.policybooks import KEY, decided, lists, rules, screener

MANIFESTS = make_manifests(600, seed=4)
ONE_SELLER = [manifest for manifest in MANIFESTS if manifest.seller_id == "seller-1"]
BUDGETS: dict[str, dict[str, Any]] = {
    "hits": {"share": 0.2, "explore": 0.05, "uncertain": 0.05},
    "revenue": {"share": 0.2, "explore": 0.05, "objective": "revenue"},
    "blend": {"share": 0.2, "objective": "blend", "revenue_weight": 0.5},
    "per hour": {"per_hour": 3_600.0, "explore": 0.05},
    "by lot alone": {"share": 0.2, "explore": 0.2},
}
every_budget = pytest.mark.parametrize("budget", BUDGETS.values(), ids=BUDGETS)


def book(
    budget: dict[str, Any],
    rule_book: RuleBook | None = None,
    list_book: ListBook | None = None,
    lane: TrustedLane | None = None,
) -> PolicyBook:
    plan = BudgetPlan(default=Budget(**budget), trusted=lane or TrustedLane())
    return PolicyBook(plan, rule_book or RuleBook(()), list_book or ListBook())


def of_seller(
    decisions: list[Decision], manifests: list[Manifest] = MANIFESTS, seller: str = "seller-1"
) -> list[Decision]:
    pairs = zip(decisions, manifests, strict=True)
    return [decision for decision, manifest in pairs if manifest.seller_id == seller]


@every_budget
def test_mandatory_clear_is_cleared_under_every_budget(budget: dict[str, Any]) -> None:
    cleared = of_seller(decided(book(budget, rules({"action": "clear"})), MANIFESTS))
    assert len(cleared) > 20
    assert {(one.action, one.arm, one.propensity) for one in cleared} == {("clear", "mandatory", 0)}
    assert {one.reasons[0].code for one in cleared} == {"RULE-0"}


@every_budget
def test_mandatory_clear_of_nearly_all_parcels_holds_none_of_them_to_spend_the_budget(
    budget: dict[str, Any],
) -> None:
    manifests = [*ONE_SELLER * 10, *MANIFESTS[:20]]
    decisions = decided(book(budget, rules({"action": "clear"})), manifests, size=50)
    assert all(one.action == "clear" for one in of_seller(decisions, manifests))


@every_budget
def test_mandatory_hold_of_a_list_is_held_under_every_budget(budget: dict[str, Any]) -> None:
    list_book = lists({"kind": "watch"})
    held = of_seller(decided(book(budget, rules({"action": "clear"}), list_book), MANIFESTS))
    assert {(one.action, one.arm, one.propensity) for one in held} == {("hold", "mandatory", 1.0)}
    assert {one.reasons[0].code for one in held} == {"WATCH-LIST"}


@every_budget
def test_decisions_with_mandatory_parcels_repeat_from_their_records(
    budget: dict[str, Any],
) -> None:
    both = rules({"action": "clear"}), lists({"kind": "watch"}, seller="seller-2")
    records = [decode_decision(encode(one)) for one in decided(book(budget, *both), MANIFESTS)]
    chosen = select_with(
        np.array([one.threshold for one in records]),
        np.array([one.score if one.utility is None else one.utility for one in records]),
        Lottery(KEY).draws(make_coordinates(len(records))),
        Odds(
            np.array([one.exploration_rate for one in records]),
            np.array([one.uncertainty_rate for one in records]),
        ),
        np.array([(one.action, one.arm) == ("hold", "mandatory") for one in records]),
    )
    assert chosen.held.tolist() == [one.action == "hold" for one in records]
    assert chosen.propensity.tolist() == [one.propensity for one in records]


def test_mandatory_clear_counts_as_an_arrival_of_its_share() -> None:
    decisions = decided(book({"share": 0.1}, rules({"action": "clear"})), MANIFESTS)
    held = sum(one.action == "hold" for one in decisions)
    assert held == pytest.approx(0.1 * len(decisions), abs=5)


def test_adjustment_of_a_restricted_list_moves_score_and_chance_by_its_logits() -> None:
    plain = of_seller(decided(book({"share": 0.1}), MANIFESTS))
    list_book = lists({"kind": "restricted", "score": 2.0})
    raised = of_seller(decided(book({"share": 0.1}, None, list_book), MANIFESTS))
    moved = [after.score - before.score for before, after in zip(plain, raised, strict=True)]
    assert moved == pytest.approx([2.0] * len(plain))
    assert all(a.probability > b.probability for b, a in zip(plain, raised, strict=True))
    held = Counter(one.action for one in raised)["hold"]
    assert held > Counter(one.action for one in plain)["hold"]


def test_reasons_of_a_parcel_with_many_are_eight_and_begin_with_the_mandatory_one() -> None:
    many = [{"action": "adjust", "logits": 0.5 + number / 10} for number in range(9)]
    rule_book = rules(*many, {"action": "hold"})
    lane = TrustedLane(
        least_inspected=1,
        members=tuple(
            Member(kind="platform", id=f"platform-{one}", programme="AEO") for one in "abc"
        ),
    )
    plain = make_spec()
    platform = Category("platform", "platform_id", "platform")
    spec = make_spec(
        fields=(*plain.fields, platform), features=(*plain.features, *crosses("SELLER", "platform"))
    )
    fresh = screener(book({"share": 0.1}, rule_book, None, lane), spec)
    fresh.model.evidence.inspected[:] = 1  # of anybody, and found nothing
    fresh.use(fresh.model)
    decisions = decide(fresh, MANIFESTS, make_coordinates(len(MANIFESTS)))
    for one in of_seller(decisions):
        assert len(one.reasons) == MAX_REASONS
        assert one.reasons[0].code == "RULE-9"
        assert one.reasons[-1].code == "TRUSTED-LANE"


def test_allow_list_gives_its_own_reason_and_claims_no_programme() -> None:
    decisions = of_seller(decided(book({"share": 0.1}, None, lists({"kind": "allow"})), MANIFESTS))
    codes = [{reason.code for reason in one.reasons} for one in decisions]
    assert all("ALLOW-LIST" in one and "TRUSTED-LANE" not in one for one in codes)


def test_controls_are_told_of_held_parcels_of_their_rule() -> None:
    rule_book = rules({"action": "hold", "controls": "[x-ray, documents]"})
    decisions = of_seller(decided(book({"share": 0.1}, rule_book), MANIFESTS))
    assert {one.controls for one in decisions} == {("documents", "x-ray")}


def test_adopt_of_other_rules_leaves_the_budget_as_it_was() -> None:
    first, other = make_coordinates(300), make_coordinates(300, start=300)
    plain = book({"per_hour": 600.0})
    steady, changed = screener(plain), screener(plain)
    for one in (steady, changed):
        decide(one, MANIFESTS[:300], first)
    changed.adopt(book({"per_hour": 600.0}, rules({"action": "advise", "controls": "[x-ray]"})))
    after = [decide(one, MANIFESTS[300:], other) for one in (steady, changed)]
    assert [one.threshold for one in after[0]] == [one.threshold for one in after[1]]
    assert {one.rules_version for one in after[0]} != {one.rules_version for one in after[1]}


def test_adopt_between_select_and_commit_counts_the_batch_no_more() -> None:
    fresh = screener(book({"share": 0.1}))
    times = np.array([one.submitted_at.timestamp() for one in MANIFESTS])
    fresh.decide(ManifestTable(MANIFESTS), make_coordinates(len(MANIFESTS)), times)
    fresh.adopt(book({"share": 0.2}))
    fresh.commit()
    assert fresh.budgets.report() == {}


def test_reasons_of_a_parcel_drawn_or_held_by_value_begin_with_why_it_was_chosen() -> None:
    budget = {"share": 0.4, "explore": 0.1, "uncertain": 0.1}
    silent = decided(book(budget), MANIFESTS)
    by_arm = {arm: [one for one in silent if one.arm == arm] for arm in ("exploration", "risk")}
    uncertain = [one for one in silent if one.arm == "uncertainty"]
    assert min(map(len, (*by_arm.values(), uncertain))) > 10
    assert {one.reasons[0].code for one in by_arm["exploration"]} == {"RANDOM"}
    assert {one.reasons[0].code for one in uncertain} == {"UNCERTAIN"}
    assert {one.reasons for one in silent if one.action == "clear"} == {()}
    for one in by_arm["risk"]:
        assert {"RANDOM", "UNCERTAIN", "TOP-SHARE"}.isdisjoint({why.code for why in one.reasons})


def test_reason_of_a_parcel_held_by_its_value_alone_is_that_it_is_among_the_highest() -> None:
    plain = [make_manifest(manifest_id=f"m-{number}") for number in range(100)]
    decisions = decided(book({"share": 0.5}), plain)
    told = {(one.arm, tuple(why.code for why in one.reasons)) for one in decisions}
    assert told == {("risk", ("TOP-SHARE",)), ("release", ())}


def test_reason_of_a_rule_stands_for_that_of_a_high_value() -> None:
    raised = rules({"action": "adjust", "logits": 5.0})
    risky = [
        one
        for one in of_seller(decided(book({"share": 0.5}, raised), MANIFESTS))
        if one.arm == "risk"
    ]
    assert len(risky) > 10
    for one in risky:
        assert one.reasons[0].code == "RULE-0"
        assert "TOP-SHARE" not in {reason.code for reason in one.reasons}


def test_decided_keeps_of_held_parcels_what_learning_needs_and_of_cleared_ones_nothing() -> None:
    decisions = decided(book({"share": 0.3, "explore": 0.1}), MANIFESTS)
    for one, manifest in zip(decisions, MANIFESTS, strict=True):
        held = one.action == "hold"
        declared = manifest.item_id, manifest.destination_country, manifest.office_of_entry
        assert (one.item_id, one.destination_country, one.office_of_entry) == declared
        assert (one.features is not None) == held
        assert one.submitted_at == (manifest.submitted_at if held else None)
        assert one.utility is None  # what is ranked is the score


def test_decided_with_profiles_keeps_what_each_parcel_saw_and_how_new_it_looks() -> None:
    table = seen_by(MANIFESTS[:20])
    expected = packed_histories(table).values()
    fresh = screener(book({"share": 0.1}))
    decide(fresh, MANIFESTS[100:400], make_coordinates(300))
    records = fresh.decide(table, make_coordinates(20), np.full(20, NOON)).records()
    assert [one.history for one in records] == expected
    assert len(set(expected)) > 1
    assert len({one.novelty for one in records}) > 1


def test_decided_states_what_was_ranked_where_it_is_not_the_score() -> None:
    budget = {"share": 0.3, "objective": "revenue"}
    decisions = decided(book(budget), MANIFESTS[:100])
    assert {one.utility for one in decisions} == {np.log(1e-6)}  # no profiles, nothing at stake


def test_decided_batch_tells_in_columns_what_its_records_say() -> None:
    mixed = book(
        {"share": 0.3, "explore": 0.1, "uncertain": 0.1},
        rules({"action": "clear"}),
        lists({"kind": "watch"}, seller="seller-2"),
    )
    times = np.array([one.submitted_at.timestamp() for one in MANIFESTS])
    made = screener(mixed).decide(ManifestTable(MANIFESTS), make_coordinates(len(MANIFESTS)), times)
    records = made.records()
    assert len(made) == len(records) == len(MANIFESTS)
    assert made.held.tolist() == [one.action == "hold" for one in records]
    assert made.arms(np.arange(len(made))) == [one.arm for one in records]
    assert made.counts() == Counter((one.action, one.arm) for one in records)
    assert len(made.counts()) == 6  # released, and held or cleared by each arm
    assert made.chances.tolist() == [one.probability for one in records]
    assert made.encoded() == [encode(one) for one in records]
    assert [one.decision_id for one in records] == [
        f"{topic}:{partition}:{offset}"
        for topic, partition, offset in make_coordinates(len(MANIFESTS))
    ]


def test_decided_of_several_partitions_names_each_record_by_where_it_was_read() -> None:
    where = [("a", 0, 7), ("b", 0, 7), ("a", 1, 3), ("a", 0, 8)]
    decisions = decide(screener(book({"share": 0.1})), MANIFESTS[:4], where)
    assert [one.decision_id for one in decisions] == ["a:0:7", "b:0:7", "a:1:3", "a:0:8"]


def test_decided_states_what_each_parcel_owes_and_would_lose_and_if_profiles_were_away() -> None:
    manifests = [parcel(value=200.0), parcel(value=50.0)]
    table = ManifestTable(manifests)
    table.assessments = assess(*manifests)
    harm = rules(
        {"action": "adjust", "logits": 1.0, "severity": 700}, seller=manifests[0].seller_id
    )
    made = screener(book({"share": 0.1}, harm)).decide(
        table, make_coordinates(2), np.full(2, NOON), degraded=True
    )
    first, second = made.records()
    assert [one.degraded for one in (first, second)] == [True, True]
    assert [first.assessment, second.assessment] == table.assessments.records()
    assert (first.severity, first.expected_loss) == (700.0, pytest.approx(700.0))
    whole = ManifestTable(manifests)
    (plain, _) = (
        screener(book({"share": 0.1}))
        .decide(whole, make_coordinates(2), np.full(2, NOON))
        .records()
    )
    assert (plain.degraded, plain.assessment, plain.expected_loss) == (False, None, 0.0)


def test_decide_no_manifests_decides_nothing() -> None:
    made = screener(book({"share": 0.1})).decide(ManifestTable([]), [], np.empty(0))
    assert (len(made), made.records(), made.encoded(), made.counts()) == (0, [], [], Counter())
