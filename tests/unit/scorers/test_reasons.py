"""Reasons: few, ordered, in words, and one for a rule and its signal together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.decision import MAX_REASONS, Reason
from scorers.features.rows import Row, rows_of
from scorers.features.spec import FeatureSpec, Number, SpecError, StarterRule, crosses
from scorers.features.tables import ManifestTable
from scorers.reasons import MIN_CONTRIBUTION, Reasons
from tests.factories import PROPERTY, make_item, make_manifest, make_spec

SPEC = make_spec()
REASONS = Reasons(SPEC)


def row(**changes: Any) -> Row:
    return rows_of(ManifestTable([make_manifest(**changes)]), SPEC, [0])[0]


VAGUE_ROW = row(items=(make_item(description="gift"),))

WORDINGS = {
    "category": ("seller", row(), "seller seller-7"),
    "prefix": ("hs4", row(), "heading 6109"),
    "empty_category": ("seller", row(seller_id=""), "seller not given"),
    "number": ("value", row(total_value=1234.5678), "declared value 1235"),
    "number_with_unit": (
        "seller+hs4+unit_weight",
        row(),
        "seller seller-7, heading 6109, weight per unit 0.18 kg",
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
    (reason,) = REASONS.explain({feature: 1.0}, features)
    assert reason.code == feature
    assert reason.text == text
    assert (reason.source, reason.contribution) == ("model", 1.0)


def test_explain_a_missing_number_says_so() -> None:
    (reason,) = REASONS.explain({"value": 1.0}, {**row(), "total_value": None})
    assert reason.text == "declared value missing"


def test_explain_many_contributions_gives_the_eight_weightiest_in_order() -> None:
    names = [f.name for f in SPEC.fields if f.name not in SPEC.signals]
    contributions = {name: 0.1 * (index + 1) for index, name in enumerate([*names, "unknown"])}
    contributions |= {"item_hs6+word": 2.0, "seller+hs4+unit_weight": 3.0}
    reasons = REASONS.explain(contributions, row())
    assert len(reasons) == MAX_REASONS == 8
    assert [reason.code for reason in reasons[:3]] == [
        "seller+hs4+unit_weight",
        "item_hs6+word",
        "word",
    ]
    shares = [reason.contribution for reason in reasons]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(("share", "count"), [(MIN_CONTRIBUTION, 1), (0.0499, 0), (-3.0, 0)])
def test_explain_a_contribution_needs_to_reach_the_minimum(share: float, count: int) -> None:
    assert len(REASONS.explain({"seller": share}, row())) == count


def test_explain_leaves_the_bias_out() -> None:
    assert REASONS.explain({"bias": 9.0}, row()) == ()


def test_explain_leaves_an_absent_signal_out() -> None:
    assert REASONS.explain({"gift_by_business": 9.0}, row()) == ()


def test_explain_a_rule_without_anything_learnt_gives_its_own_logit() -> None:
    assert REASONS.explain({}, VAGUE_ROW) == (Reason("R-VAGUE", "says nothing", "rule", 1.2),)


def test_explain_a_rule_and_what_was_learnt_of_its_signal_gives_one_reason() -> None:
    reasons = REASONS.explain({"description_vague": 0.5, "seller": 1.5}, VAGUE_ROW)
    assert [(reason.code, reason.contribution) for reason in reasons] == [
        ("R-VAGUE", 1.7),
        ("seller", 1.5),
    ]


def test_explain_a_rule_that_the_model_unlearnt_leaves_it_out() -> None:
    assert REASONS.explain({"description_vague": -1.2}, VAGUE_ROW) == ()


def test_explain_a_rule_whose_signal_is_absent_leaves_it_out() -> None:
    assert REASONS.explain({"description_vague": 0.9}, row()) == ()


def test_explain_a_signal_without_a_rule_is_a_matter_of_quality() -> None:
    gift = row(transaction_nature="gift")
    assert REASONS.explain({"gift_by_business": 0.4}, gift) == (
        Reason("gift_by_business", "gift sent by a business", "quality", 0.4),
    )


def test_explain_a_long_text_cuts_it_to_what_a_record_holds() -> None:
    long = row(items=tuple(make_item(description=letter * 512) for letter in "abc"))
    (reason,) = REASONS.explain({"word": 1.0}, long)
    assert len(reason.text) == 256


def test_explain_rounds_contributions_to_four_digits() -> None:
    (reason,) = REASONS.explain({"seller": 0.123456}, row())
    assert reason.contribution == 0.1235


def test_explain_leaves_contributions_and_row_unchanged() -> None:
    contributions, features = {"description_vague": 0.5}, dict(VAGUE_ROW)
    REASONS.explain(contributions, features)
    assert contributions == {"description_vague": 0.5}
    assert features == VAGUE_ROW


@given(
    st.dictionaries(
        st.sampled_from(["bias", *(feature.name for feature in SPEC.features)]), st.floats(-5, 5)
    )
)
@PROPERTY
def test_explain_any_contributions_gives_few_distinct_reasons_in_order(
    contributions: dict[str, float],
) -> None:
    reasons = REASONS.explain(contributions, VAGUE_ROW)
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
        crosses("item_value"),
    )
    features = rows_of(ManifestTable([make_manifest()]), spec, [0])[0]
    assert len(Reasons(spec).explain({"item_value": 1.0}, features)) == 1


def test_explain_two_rules_of_one_signal_gives_what_both_add() -> None:
    signal = "description_vague"
    rules = (StarterRule("R-1", signal, 1.0, "a"), StarterRule("R-2", signal, 0.5, "b"))
    try:
        spec = make_spec(rules=rules)
    except SpecError:
        return
    reasons = Reasons(spec).explain({}, VAGUE_ROW)
    assert sum(reason.contribution for reason in reasons) == 1.5
