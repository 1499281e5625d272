"""Records written from columns are, byte for byte, what the codec writes for their objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.codec import decode_decision, encode
from schemas.decision import Decision, Reason
from schemas.reference.assessment import Assessment
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.features.declared import DeclaredTable
from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.features.texts import texts_of
from scorers.lottery import Lottery
from scorers.policybook import PolicyBook
from scorers.screening import Screener
from scorers.writing.columns import (
    Column,
    Declared,
    Identified,
    Named,
    Names,
    Numbers,
    Packed,
    Same,
    Sparse,
)
from scorers.writing.joining import each
from scorers.writing.records import Records
from tests.factories import PROPERTY, make_coordinates, make_manifest, make_manifests, make_spec
from tests.unit.scorers.assessment.builders import assessor
from tests.unit.scorers.policybooks import KEY, lists, rules

REQUIRED: Mapping[str, Any] = {
    **dict.fromkeys(("schema_version", "model_version"), 1),
    **dict.fromkeys(("score", "probability", "propensity", "threshold"), 0.5),
    **dict.fromkeys(("policy_version", "rules_version", "spec_version"), 'v\u00e9rsion "1"'),
    "action": "clear",
    "arm": "release",
    "reasons": (),
    "destination_country": "DE",
    "decision_id": "t:0:1",
    "item_id": "x",
}

texts = st.text(st.characters(codec="utf-8"), max_size=20)
floats = st.floats() | st.sampled_from([0.0, -0.0, 1e-7, 1e22, 5e-324])
reasons = st.tuples(st.builds(Reason, texts, texts, st.just("model"), st.floats()))


def records(columns: Mapping[str, Column], count: int) -> Records[Decision]:
    """Return decisions with some columns, and one value for all in the rest of what they need."""
    same = {name: Same(value, count) for name, value in REQUIRED.items()}
    return Records(Decision, {**same, **columns}, count)


@st.composite
def columns(draw: st.DrawFn) -> tuple[dict[str, Column], int]:
    """Draw columns of decisions: one of each kind, with values at which the codec differs."""
    count = draw(st.integers(1, 5))
    many = st.lists(floats, min_size=count, max_size=count).map(np.array)
    few = st.lists(st.integers(0, 1), min_size=count, max_size=count).map(np.array)
    known = st.dictionaries(st.integers(0, count - 1), st.floats(allow_nan=False))
    said = draw(st.dictionaries(st.integers(0, count - 1), reasons))
    items = draw(st.lists(texts, min_size=count, max_size=count))
    offices = draw(st.lists(texts, min_size=count, max_size=count))
    manifests = [
        make_manifest(item_id=item, office_of_entry=office)
        for item, office in zip(items, offices, strict=True)
    ]
    table = DeclaredTable(manifests)
    owed: dict[str, Column] = {
        "currency": Named(Names(("EUR", "")), draw(few)),
        "value": Numbers(draw(many), optional=True),
        "regime": Named(Names(("", draw(texts))), draw(few)),
        "above_limit": Named(Names((False, True)), draw(few)),
        "limit": Numbers(draw(many), optional=True),
    }
    found: dict[str, Column] = {
        "decision_id": Identified([draw(texts), "t:1:"], draw(few), draw(few) * 2**40),
        "item_id": Declared(table, "item_id"),
        "office_of_entry": Declared(table, "office_of_entry"),
        "action": Named(Names(("clear", "hold")), draw(few)),
        "score": Numbers(draw(many)),
        "novelty": Numbers(draw(many)),
        "severity": Numbers(np.zeros(count)),
        "reasons": Sparse(said, (), count),
        "utility": Sparse(draw(known), None, count),
        "degraded": Same(draw(st.booleans()), count),
        "lists_version": Same(draw(texts), count),
        "history": Packed(draw(st.sampled_from([b"", b"abcd"])) * count, count),
        "assessment": Records(Assessment, owed, count),
    }
    return found, count


@given(columns())
@PROPERTY
def test_encoded_records_equal_what_the_codec_writes_for_their_objects(
    drawn: tuple[dict[str, Column], int],
) -> None:
    made = records(*drawn)
    assert made.encoded() == [encode(one) for one in made.values()]


def test_encoded_records_without_rows_are_none() -> None:
    empty = Records(Decision, {}, 0)
    assert (empty.values(), empty.encoded()) == ([], [])


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\nb", "", "\u00fcber \U0001f4e6"])
def test_encoded_text_that_json_escapes_is_read_back(text: str) -> None:
    table = DeclaredTable([make_manifest(item_id="plain"), make_manifest(item_id=text)])
    written = records({"item_id": Declared(table, "item_id")}, 2).encoded()
    assert written[1] == encode(replace(decode_decision(written[0]), item_id=text))


def test_each_of_texts_apart_is_its_bytes() -> None:
    apart = texts_of(["mug", "", "\u00fcber"]).part(np.array([2, 0, 1]))
    assert each(apart) == ["\u00fcber".encode(), b"mug", b""]


def test_encoded_decisions_of_a_batch_equal_what_the_codec_writes_for_its_records() -> None:
    manifests = make_manifests(400, seed=3)
    said = rules({"action": "clear"}), lists({"kind": "watch"}, seller="seller-2")
    plan = BudgetPlan(default=Budget(share=0.1, explore=0.02, objective="revenue"))
    screener = Screener(Extractor(make_spec(), bits=12), PolicyBook(plan, *said), Lottery(KEY))
    table = ManifestTable(manifests)
    table.assessments = assessor().assess(table)
    made = screener.decide(table, make_coordinates(len(table)), np.zeros(len(table)))
    decisions = made.records()
    assert {one.arm for one in decisions} >= {"mandatory", "exploration", "release"}
    assert made.encoded() == [encode(one) for one in decisions]
