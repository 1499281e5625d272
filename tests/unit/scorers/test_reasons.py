"""Reasons: few, ordered, in words; one for each group of features and for each signal."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.decision import MAX_REASONS, Reason
from schemas.manifest import Manifest
from scorers.features.contributions import Contribution, Contributions
from scorers.features.extractor import Extractor
from scorers.features.fields import Number, crosses
from scorers.features.rows import Row, rows_of
from scorers.features.spec import FeatureSpec, StarterRule
from scorers.features.tables import ManifestTable
from scorers.lottery import Lottery
from scorers.model.evidence import Evidence
from scorers.model.model import ScoringModel
from scorers.novelty import Novelty, fading
from scorers.policybook import PolicyBook, share_plan
from scorers.reasons import MIN_CONTRIBUTION, Reasons
from scorers.screening import Screener
from scorers.specs.parcels import SPEC as PARCELS
from tests.factories import (
    PROPERTY,
    contributions_of,
    decide,
    drawn_manifests,
    make_coordinates,
    make_item,
    make_manifest,
    make_manifests,
    make_spec,
)

SPEC = make_spec()
GROUPS = {cross.name: cross.group for cross in SPEC.features}
FEATURES = [name for name in GROUPS if name not in SPEC.signals]
SLOT = 3


def row(**changes: Any) -> Row:
    return rows_of(ManifestTable([make_manifest(**changes)]), SPEC, [0])[0]


def explain(
    shares: dict[str, float],
    features: Row,
    novelty: float = 0.0,
    evidence: Evidence | None = None,
    spec: FeatureSpec = SPEC,
) -> tuple[Reason, ...]:
    """Return the reasons of a parcel whose features add `shares`, all of one slot."""
    parts = [Contribution(name, share, SLOT) for name, share in shares.items()]
    return explain_parts(parts, features, novelty, evidence or Evidence(bits=4), spec)


def explain_parts(
    parts: list[Contribution],
    features: Row,
    novelty: float,
    evidence: Evidence,
    spec: FeatureSpec = SPEC,
) -> tuple[Reason, ...]:
    """Return the reasons of a single parcel."""
    names, values, slots = zip(*parts, strict=True) if parts else ((), (), ())
    columns = Contributions(names, np.array([values], np.float64).T, np.array([slots], np.int64).T)
    (reasons,) = Reasons(spec).explain(columns, [features], np.array([novelty]), evidence)
    return reasons


def found(violations: int, inspected: int, slot: int = SLOT) -> Evidence:
    """Return the evidence of that many violations among the inspections of a slot."""
    evidence = Evidence(bits=4)
    evidence.inspected[slot], evidence.violations[slot] = inspected, violations
    return evidence


VAGUE_ROW = row(items=(make_item(description="gift"),))

WORDINGS = {
    "category": ("seller", row(), "seller seller-7"),
    "prefix": ("hs4", row(), "heading 6109"),
    "empty_category": ("seller", row(seller_id=""), "seller not given"),
    "number_between_edges": (
        "value",
        row(total_value=123.4567),
        "declared value 123.5 (100 to 1000)",
    ),
    "number_above_all_edges": (
        "value",
        row(total_value=1234.5678),
        "declared value 1235 (from 1000)",
    ),
    "number_below_all_edges": ("value", row(total_value=0.0), "declared value 0 (below 10)"),
    "number_with_unit": (
        "seller+hs4+unit_weight",
        row(),
        "seller seller-7, heading 6109, weight per unit 0.18 kg (0.1719 to 0.1875)",
    ),
    "several_items": (
        "item_hs6",
        row(items=tuple(make_item(hs_code=code) for code in ("610910", "420221", "610910"))),
        "item's subheading 610910 / 420221",
    ),
    "more_than_three_items": (
        "item_hs6",
        row(items=tuple(make_item(hs_code=f"61091{n}") for n in range(5))),
        "item's subheading 610910 / 610911 / 610912",
    ),
    "words": ("word", row(), 'word "cotton t-shirt, printed"'),
    "cross": ("item_hs6+word", row(), 'item\'s subheading 610910, word "cotton t-shirt, printed"'),
    "absent_attribute": ("final_city+tax", row(), "final city not given, tax type not given"),
}


@pytest.mark.parametrize(("feature", "features", "text"), WORDINGS.values(), ids=WORDINGS)
def test_explain_a_feature_says_label_and_value(feature: str, features: Row, text: str) -> None:
    (reason,) = explain({feature: 1.0}, features)
    assert reason.code == GROUPS[feature]
    assert reason.text == text
    assert (reason.source, reason.contribution) == ("model", 1.0)


def test_explain_a_missing_number_says_so() -> None:
    (reason,) = explain({"value": 1.0}, {**row(), "total_value": None})
    assert reason.text == "declared value missing"


def test_explain_the_features_of_a_group_gives_one_reason_of_their_sum() -> None:
    shares = {"hs4": 0.5, "item_hs6": 0.75, "seller": 0.25, "word": 1.0}
    reasons = explain(shares, row())
    assert [(reason.code, reason.contribution) for reason in reasons] == [
        ("GOODS", 1.25),
        ("TEXT", 1.0),
        ("SELLER", 0.25),
    ]


def test_explain_a_group_words_the_strongest_of_its_features() -> None:
    (goods,) = explain({"hs4": 0.5, "item_hs6": 0.75}, row())
    assert goods.text == "item's subheading 610910"
    (goods,) = explain({"hs4": 0.75, "item_hs6": 0.5}, row())
    assert goods.text == "heading 6109"


def test_explain_a_group_counts_what_speaks_against_it() -> None:
    (goods,) = explain({"hs4": 1.0, "item_hs6": -0.75, "seller": -2.0}, row())
    assert (goods.code, goods.text, goods.contribution) == ("GOODS", "heading 6109", 0.25)
    assert explain({"hs4": 1.0, "item_hs6": -1.0}, row()) == ()


@pytest.mark.parametrize(
    ("violations", "inspected", "text"),
    [
        (3, 4, "heading 6109: 3 of 4 inspected were violations"),
        (1, 1, "heading 6109: 1 of 1 inspected were violations"),
        (65_535, 65_535, "heading 6109: 65535 of 65535 inspected were violations"),
        (0, 4, "heading 6109"),
        (0, 0, "heading 6109"),
    ],
)
def test_explain_a_feature_tells_the_violations_that_inspections_found(
    violations: int, inspected: int, text: str
) -> None:
    (reason,) = explain({"hs4": 1.0}, row(), evidence=found(violations, inspected))
    assert reason.text == text


def test_explain_a_group_tells_the_evidence_of_the_feature_that_it_words() -> None:
    parts = [Contribution("hs4", 0.5, 1), Contribution("item_hs6", 0.75, 2)]
    (reason,) = explain_parts(parts, row(), 0.0, found(2, 5, slot=2))
    assert reason.text == "item's subheading 610910: 2 of 5 inspected were violations"
    (reason,) = explain_parts(parts, row(), 0.0, found(2, 5, slot=1))
    assert reason.text == "item's subheading 610910"


def test_explain_a_long_text_keeps_the_evidence() -> None:
    long = row(items=(make_item(description="x" * 512),))
    (reason,) = explain({"word": 1.0}, long, evidence=found(2, 5))
    assert len(reason.text) <= 256
    assert reason.text.endswith(": 2 of 5 inspected were violations")


def test_explain_a_number_of_zero_says_nothing_of_the_least_of_all_floats() -> None:
    features = {**row(), "derived.unit_weight": 0.0}
    (reason,) = explain({"seller+hs4+unit_weight": 1.0}, features)
    assert "e-3" not in reason.text


def test_explain_a_cross_of_signals_that_are_absent_says_something() -> None:
    spec = make_spec(features=crosses("BOTH", "description_vague+gift_by_business"))
    reasons = explain({"description_vague+gift_by_business": 1.0}, row(), spec=spec)
    assert all(reason.text for reason in reasons)


def test_explain_many_contributions_gives_the_eight_weightiest_in_order() -> None:
    own_groups = tuple(replace(cross, group=f"G-{cross.name}") for cross in SPEC.features)
    shares = {name: 0.1 * (index + 1) for index, name in enumerate([*FEATURES, "unknown"])}
    reasons = explain(shares, VAGUE_ROW, novelty=0.85, spec=make_spec(features=own_groups))
    assert len(FEATURES) == 9
    assert len(reasons) == MAX_REASONS == 8
    last, but_one, *others = (f"G-{name}" for name in reversed(FEATURES))
    codes = [reason.code for reason in reasons]
    assert codes == ["R-VAGUE", last, "NOVELTY", but_one, *others[:4]]
    contributions = [reason.contribution for reason in reasons]
    assert contributions == sorted(contributions, reverse=True)


@pytest.mark.parametrize(("share", "count"), [(MIN_CONTRIBUTION, 1), (0.0499, 0), (-3.0, 0)])
def test_explain_a_contribution_needs_to_reach_the_minimum(share: float, count: int) -> None:
    assert len(explain({"seller": share}, row())) == count
    assert len(explain({}, row(), novelty=share)) == count


def test_explain_novelty_is_a_reason_of_its_own() -> None:
    assert explain({}, row(), novelty=0.51234) == (
        Reason("NOVELTY", "a combination that is seldom seen", "model", 0.5123),
    )


def test_explain_leaves_the_bias_out() -> None:
    assert explain({"bias": 9.0}, row()) == ()


def test_explain_leaves_an_absent_signal_out() -> None:
    assert explain({"gift_by_business": 9.0}, row()) == ()


def test_explain_a_rule_without_anything_learnt_gives_its_own_logit() -> None:
    assert explain({}, VAGUE_ROW) == (Reason("R-VAGUE", "says nothing", "rule", 1.2),)


def test_explain_a_rule_and_what_was_learnt_of_its_signal_gives_one_reason() -> None:
    reasons = explain({"description_vague": 0.5, "seller": 1.5}, VAGUE_ROW)
    assert [(reason.code, reason.contribution) for reason in reasons] == [
        ("R-VAGUE", 1.7),
        ("SELLER", 1.5),
    ]


def test_explain_a_rule_that_the_model_unlearnt_leaves_it_out() -> None:
    assert explain({"description_vague": -1.2}, VAGUE_ROW) == ()


def test_explain_a_rule_whose_signal_is_absent_leaves_it_out() -> None:
    assert explain({"description_vague": 0.9}, row()) == ()


def test_explain_a_signal_without_a_rule_is_a_matter_of_quality() -> None:
    gift = row(transaction_nature="gift")
    assert explain({"gift_by_business": 0.4}, gift) == (
        Reason("GIFT-BY-BUSINESS", "gift sent by a business", "quality", 0.4),
    )


def test_explain_a_signal_is_no_part_of_the_group_that_it_is_declared_in() -> None:
    both = row(transaction_nature="gift", items=(make_item(description="gift"),))
    reasons = explain({"gift_by_business": 0.4, "description_vague": 0.3}, both)
    assert [(reason.code, reason.contribution) for reason in reasons] == [
        ("R-VAGUE", 1.5),
        ("GIFT-BY-BUSINESS", 0.4),
    ]


def test_explain_a_long_text_cuts_it_to_what_a_record_holds() -> None:
    long = row(items=tuple(make_item(description=letter * 512) for letter in "abc"))
    (reason,) = explain({"word": 1.0}, long)
    assert len(reason.text) == 256


def test_explain_rounds_contributions_to_four_digits() -> None:
    (reason,) = explain({"seller": 0.123456}, row())
    assert reason.contribution == 0.1235


def test_explain_leaves_contributions_row_and_evidence_unchanged() -> None:
    features, evidence = dict(VAGUE_ROW), found(1, 2)
    parts = Contributions(("description_vague",), np.array([[0.5]]), np.array([[SLOT]]))
    Reasons(SPEC).explain(parts, [features], np.zeros(1), evidence)
    assert list(parts.of(0)) == [("description_vague", 0.5, SLOT)]
    assert features == VAGUE_ROW
    assert (evidence.violations.sum(), evidence.inspected.sum()) == (1, 2)


@given(
    st.dictionaries(
        st.sampled_from(["bias", *(feature.name for feature in SPEC.features)]), st.floats(-5, 5)
    ),
    st.floats(-1, 3),
)
@PROPERTY
def test_explain_any_contributions_gives_few_distinct_reasons_in_order(
    contributions: dict[str, float], novelty: float
) -> None:
    reasons = explain(contributions, VAGUE_ROW, novelty, found(1, 3))
    shares = [reason.contribution for reason in reasons]
    assert len(reasons) <= MAX_REASONS
    assert len({reason.code for reason in reasons}) == len(reasons)
    assert shares == sorted(shares, reverse=True)
    assert all(share >= MIN_CONTRIBUTION for share in shares)
    assert all(0 < len(reason.text) <= 256 for reason in reasons)


def test_explain_a_number_of_each_item_gives_a_reason() -> None:
    spec = FeatureSpec(
        "items",
        (Number("item_value", "items.value", "item's value", (1.0,)),),
        crosses("VALUE", "item_value"),
    )
    features = rows_of(ManifestTable([make_manifest()]), spec, [0])[0]
    assert len(explain({"item_value": 1.0}, features, spec=spec)) == 1


def test_explain_two_rules_of_one_signal_gives_what_both_add() -> None:
    signal = "description_vague"
    rules = (StarterRule("R-1", signal, 1.0, "a"), StarterRule("R-2", signal, 0.5, "b"))
    assert explain({}, VAGUE_ROW, spec=make_spec(rules=rules)) == (Reason("R-1", "a", "rule", 1.5),)


def shares_of(
    spec: FeatureSpec, parts: list[Contribution], features: Row
) -> tuple[dict[str, float], float]:
    """Return what each possible reason adds by its code, and what none is given for.

    Written independently of the product: a signal that is present counts with its rules, any
    other feature with its group; the bias and what an absent signal says have no reason.
    """
    groups = {cross.name: cross.group for cross in spec.features}
    found: dict[str, float] = defaultdict(float)
    silent = 0.0
    for part in parts:
        if part.name not in groups or part.name in set(spec.signals) - set(features["signals"]):
            silent += part.value
        elif part.name in spec.signals:
            found[_code(spec, part.name)] += part.value
        else:
            found[groups[part.name]] += part.value
    for rule in spec.rules:
        if rule.signal in features["signals"]:
            found[_code(spec, rule.signal)] += rule.logit
    return found, silent


def _code(spec: FeatureSpec, signal: str) -> str:
    codes = [rule.code for rule in spec.rules if rule.signal == signal]
    return codes[0] if codes else signal.upper().replace("_", "-")


@pytest.mark.parametrize("spec", [PARCELS, SPEC], ids=["parcels", "small"])
@given(st.integers(0, 10**6), st.lists(drawn_manifests(), max_size=2), st.floats(0.01, 2.0))
@PROPERTY
def test_reasons_base_and_novelty_of_a_screened_parcel_add_up_to_its_score(
    spec: FeatureSpec, seed: int, drawn: list[Manifest], spread: float
) -> None:
    bits, manifests = 14, [*make_manifests(6, seed), *drawn]
    earlier = make_manifests(20, seed + 1)
    screener = Screener(Extractor(spec, bits), PolicyBook(share_plan(0.99, 0.98)), Lottery(b"key"))
    screener.use(ScoringModel(bits))
    weights = np.random.default_rng(seed).normal(scale=spread, size=2**bits)
    screener.model.weights = weights.astype(np.float32)
    decide(screener, earlier, make_coordinates(20))
    decisions = decide(screener, manifests, make_coordinates(len(manifests), start=20))

    novelty, extractor = Novelty(spec), Extractor(spec, bits)
    novelty.surprise(extractor.extract(ManifestTable(earlier)))
    surprise = novelty.surprise(extractor.extract(ManifestTable(manifests)))
    novel = (surprise * fading(0)).tolist()
    batch = extractor.extract(ManifestTable(manifests))
    base = math.log(spec.base_rate / (1 - spec.base_rate))
    held = 0
    for index, decision in enumerate(decisions):
        if decision.features is None:
            continue
        held += 1
        parts = contributions_of(batch, screener.model.weights, index)
        shares, silent = shares_of(spec, parts, decision.features)
        total = base + silent + sum(shares.values()) + novel[index]
        assert total == pytest.approx(decision.score, rel=0, abs=1e-9)

        shares["NOVELTY"] = novel[index]
        weighty = {code: v for code, v in shares.items() if v >= MIN_CONTRIBUTION}
        told = [reason for reason in decision.reasons if reason.source != "policy"]
        assert [reason.contribution for reason in told] == [
            round(share, 4) for share in sorted(weighty.values(), reverse=True)
        ][: len(told)]
        for reason in told:
            assert reason.contribution == round(weighty[reason.code], 4)
        assert len(decision.reasons) == min(
            len(weighty) + len(decision.reasons) - len(told), MAX_REASONS
        )
        assert len({reason.code for reason in decision.reasons}) == len(decision.reasons)
    assert held
