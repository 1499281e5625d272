"""Screening: one decision for each manifest, the same in every replay, held ones with features."""

from __future__ import annotations

import gc
import weakref
from collections import Counter

import msgspec
import numpy as np
import pytest

from schemas.codec import RecordError, decode_decision, decode_manifest, encode
from schemas.decision import Decision
from schemas.manifest import Manifest
from schemas.reference.loading import load_reference
from schemas.types import MAX_MEASURE, MAX_QUANTITY
from scorers.assessment.assessor import Assessor
from scorers.features.extractor import Extractor
from scorers.features.rows import RowTable
from scorers.features.tables import ManifestTable
from scorers.lists.book import ListBook
from scorers.lottery import Lottery
from scorers.model.model import Model, ScoringModel
from scorers.novelty import Novelty, fading
from scorers.policybook import PolicyBook, share_plan
from scorers.screening import Screener
from scorers.specs.parcels import SPEC
from tests.factories import (
    decide,
    item_json,
    make_coordinates,
    make_item,
    make_manifest,
    make_manifests,
    manifest_json,
)
from tests.unit.scorers.lists.builders import make_entry

BITS = 12
MANIFESTS = make_manifests(300, seed=21)
COORDINATES = make_coordinates(300, start=1_000)


def screener(hold: float = 0.1, explore: float = 0.03, labels: int = 100) -> Screener:
    """Return a fresh screener, with a model that learnt some labels."""
    fresh = Screener(Extractor(SPEC, BITS), PolicyBook(share_plan(hold, explore)), Lottery(b"key"))
    if labels:
        fresh.use(learnt(labels))
    return fresh


def learnt(labels: int) -> Model:
    """Return a model that learnt so many labels, every second one a violation."""
    model = Model(BITS)
    batch = Extractor(SPEC, BITS).extract(ManifestTable(make_manifests(labels, seed=5)))
    model.learn(batch, np.arange(labels) % 2.0, np.full(labels, 0.5))
    return model


def logits_of(manifests: list[Manifest], model: ScoringModel) -> np.ndarray:
    return model.logits(Extractor(SPEC, BITS).extract(ManifestTable(manifests)))


@pytest.fixture(scope="module")
def decisions() -> list[Decision]:
    """The decisions on the batch."""
    return decide(screener(), MANIFESTS, COORDINATES)


def test_screen_a_batch_gives_one_decision_for_each_manifest_in_order(
    decisions: list[Decision],
) -> None:
    assert [decision.item_id for decision in decisions] == [m.item_id for m in MANIFESTS]
    assert [d.destination_country for d in decisions] == [m.destination_country for m in MANIFESTS]


def test_screen_names_decisions_by_the_coordinates_of_their_manifests(
    decisions: list[Decision],
) -> None:
    assert [decision.decision_id for decision in decisions] == [
        f"parcels.manifests:0:{offset}" for offset in range(1_000, 1_300)
    ]


def test_screen_an_empty_batch_gives_no_decisions_and_moves_no_threshold() -> None:
    one, other = screener(), screener()
    assert decide(one, [], []) == []
    assert decide(one, MANIFESTS, COORDINATES) == decide(other, MANIFESTS, COORDINATES)


def test_screen_the_same_batch_with_a_fresh_screener_gives_identical_bytes(
    decisions: list[Decision],
) -> None:
    again = decide(screener(), MANIFESTS, COORDINATES)
    assert [encode(decision) for decision in again] == [encode(d) for d in decisions]


def test_screen_holds_carry_features_and_reasons_and_clears_do_not(
    decisions: list[Decision],
) -> None:
    for decision in decisions:
        held = decision.action == "hold"
        assert (decision.features is not None) == held
        assert bool(decision.reasons) == held
        assert (decision.arm == "release") != held


def test_screen_holds_both_arms_near_their_shares(decisions: list[Decision]) -> None:
    arms = Counter(decision.arm for decision in decisions)
    assert arms["exploration"] == sum(Lottery(b"key").draws(COORDINATES) < 0.03) > 0
    assert arms["risk"] == pytest.approx(0.07 * 300, abs=3)


def test_screen_explains_an_explored_parcel_by_the_lottery_first(
    decisions: list[Decision],
) -> None:
    explored = [decision for decision in decisions if decision.arm == "exploration"]
    assert all(decision.reasons[0].code == "RANDOM" for decision in explored)
    assert all(len(decision.reasons) <= 8 for decision in explored)
    risky = [decision for decision in decisions if decision.arm == "risk"]
    assert not any(r.code == "RANDOM" for decision in risky for r in decision.reasons)


def test_screen_explains_a_risky_parcel_by_what_adds_most(decisions: list[Decision]) -> None:
    for decision in decisions:
        scored = [r.contribution for r in decision.reasons if r.source != "policy"]
        assert scored == sorted(scored, reverse=True)
        assert len(decision.reasons) <= 8


def test_screen_a_parcel_held_without_a_weighty_reason_says_so() -> None:
    plain = [make_manifest(manifest_id=f"m-{number}") for number in range(100)]
    decisions = decide(screener(0.5, 0.0, labels=0), plain, make_coordinates(100))
    held = [decision for decision in decisions if decision.action == "hold"]
    assert 0 < len(held) < 100
    assert {tuple(r.code for r in decision.reasons) for decision in held} == {("TOP-SHARE",)}


def test_screen_ranks_a_parcel_that_breaks_rules_above_plain_ones_before_any_label() -> None:
    vague = make_manifest(items=(make_item(description="gift"),), transaction_nature="gift")
    batch = [make_manifest()] * 50 + [vague] + [make_manifest()] * 49
    decisions = decide(screener(0.01, 0.0, labels=0), batch, make_coordinates(100))
    (held,) = [decision for decision in decisions if decision.action == "hold"]
    assert held.decision_id == "parcels.manifests:0:50"
    assert [reason.code for reason in held.reasons] == ["R-VAGUE", "R-GIFT"]


def test_screen_states_the_models_probability_and_the_propensity_of_the_policy(
    decisions: list[Decision],
) -> None:
    model = learnt(100)
    chances = model.probabilities(logits_of(MANIFESTS, model))
    assert model.calibration.slope != 1.0
    assert [decision.probability for decision in decisions] == chances.tolist()
    assert {decision.propensity for decision in decisions if decision.arm == "risk"} == {1.0}
    released = [decision.propensity for decision in decisions if decision.arm == "release"]
    assert released == pytest.approx([0.03] * len(released), rel=1e-12)


def test_screen_ranks_by_the_logit_and_the_novelty_and_says_so(decisions: list[Decision]) -> None:
    model, extractor = learnt(100), Extractor(SPEC, BITS)
    novelty = Novelty(SPEC).surprise(extractor.extract(ManifestTable(MANIFESTS))) * fading(
        model.labels
    )
    ranked = logits_of(MANIFESTS, model) + novelty
    assert [decision.score for decision in decisions] == ranked.tolist()


def test_screen_of_a_second_batch_adds_the_novelty_of_what_came_before() -> None:
    screen, model, extractor = screener(), learnt(100), Extractor(SPEC, BITS)
    novelty, surprised = Novelty(SPEC), False
    for start in range(0, 300, 100):
        part = slice(start, start + 100)
        added = novelty.surprise(extractor.extract(ManifestTable(MANIFESTS[part]))) * fading(
            model.labels
        )
        ranked = logits_of(MANIFESTS[part], model) + added
        decided = decide(screen, MANIFESTS[part], COORDINATES[part])
        assert [decision.score for decision in decided] == ranked.tolist()
        surprised |= bool(added.any())
    assert surprised


def test_screen_holds_what_ranks_above_the_threshold_or_was_drawn_and_nothing_else() -> None:
    screen, draws = screener(), Lottery(b"key").draws(COORDINATES)
    decided: list[Decision] = []
    for start in range(0, 300, 60):
        part = slice(start, start + 60)
        decided += decide(screen, MANIFESTS[part], COORDINATES[part])
    assert {decision.arm for decision in decided} == {"risk", "exploration", "release"}
    for decision, draw in zip(decided, draws, strict=True):
        above = decision.score + 1e-6 * draw > decision.threshold
        drawn = draw < 0.03
        assert (decision.action == "hold") == (above or drawn)
        assert (decision.arm == "exploration") == drawn
        assert (decision.arm == "risk") == (above and not drawn)


def test_screen_keeps_the_probability_free_of_novelty() -> None:
    screen = screener()
    decide(screen, MANIFESTS[:200], COORDINATES[:200])
    later = decide(screen, MANIFESTS[200:], COORDINATES[200:])
    model = learnt(100)
    logits = logits_of(MANIFESTS[200:], model)
    assert [decision.score for decision in later] != logits.tolist()
    assert [d.probability for d in later] == model.probabilities(logits).tolist()


def test_screen_features_of_a_hold_give_its_score_again(decisions: list[Decision]) -> None:
    held = [decision for decision in decisions if decision.features is not None]
    features = [msgspec.json.decode(msgspec.json.encode(d.features)) for d in held]
    batch = Extractor(SPEC, BITS).extract(RowTable(features, SPEC))
    model = learnt(100)
    again = model.probabilities(model.logits(batch))
    assert again.tolist() == [decision.probability for decision in held]


def test_screen_names_the_versions_of_all_that_decided(decisions: list[Decision]) -> None:
    first = decisions[0]
    assert first.model_version == 100
    book = PolicyBook(share_plan(0.1, 0.03))
    assert first.policy_version == book.plan.version
    assert first.rules_version == f"{SPEC.rules_version}+{book.rules.version}"
    assert first.lists_version == book.lists.version
    assert first.spec_version == SPEC.version
    assert first.office_of_entry == MANIFESTS[0].office_of_entry


def test_screen_with_another_model_names_its_version() -> None:
    screen = screener()
    screen.model = ScoringModel(BITS)
    (decision,) = decide(screen, MANIFESTS[:1], COORDINATES[:1])
    assert decision.model_version == 0


def test_screen_does_not_teach_the_model() -> None:
    screen, model = screener(), learnt(100)
    decide(screen, MANIFESTS, COORDINATES)
    assert screen.model.weights.tobytes() == model.weights.tobytes()
    assert screen.model.evidence.inspected.tobytes() == model.evidence.inspected.tobytes()
    assert screen.model.evidence.violations.tobytes() == model.evidence.violations.tobytes()
    assert screen.model.calibration == model.calibration
    assert screen.model.labels == 100


def test_screen_gives_decisions_that_their_own_contract_accepts(decisions: list[Decision]) -> None:
    assert [decode_decision(encode(decision)) for decision in decisions] == decisions


@pytest.mark.parametrize("size", [1, 2, 7])
def test_screen_in_small_batches_gives_every_parcel_the_same_score(
    decisions: list[Decision], size: int
) -> None:
    screen, chances = screener(), []
    for start in range(0, 84, size):
        part = slice(start, start + size)
        chances += [d.probability for d in decide(screen, MANIFESTS[part], COORDINATES[part])]
    assert chances == [decision.probability for decision in decisions[:84]]


def test_screen_a_manifest_at_every_bound_gives_a_decision() -> None:
    largest: Manifest = make_manifest(
        items=(make_item(description="手" * 512, quantity=MAX_QUANTITY, value=MAX_MEASURE),) * 99,
        total_value=MAX_MEASURE,
        gross_weight_kg=5e-324,
    )
    smallest = make_manifest(
        items=(make_item(description="", hs_code="", value=0.0),), seller_id=""
    )
    decisions = decide(screener(0.9, 0.9), [largest, smallest], make_coordinates(2))
    assert all(np.isfinite([d.probability, d.threshold]).all() for d in decisions)


def test_screen_whatever_decodes_gives_a_decision() -> None:
    raw = manifest_json(items=[item_json(quantity=10**400)])
    try:
        manifest = decode_manifest(raw)
    except RecordError:
        return
    assert len(decide(screener(), [manifest], make_coordinates(1))) == 1


def test_screen_lets_go_of_the_batch_without_the_collector() -> None:
    """Cycles kept 45 batches alive, and collecting them took a tenth of a second."""
    values = {
        "name": "Golden Sunrise Trading",
        "text": "lithium cell",
        "hs": "6109",
        "address": "Harbour Rd 1|20457|DE",
        "party": "c-CN-7",
        "ioss": "IM2760000001",
        "seller": "seller-7",
    }
    lists = ListBook([make_entry(subject=kind, value=value) for kind, value in values.items()])
    tested = Screener(
        Extractor(SPEC, BITS), PolicyBook(share_plan(0.1, 0.03), lists=lists), Lottery(b"key")
    )
    assessor = Assessor(load_reference())

    def screened() -> weakref.ref[ManifestTable]:
        table = ManifestTable(MANIFESTS)
        tested.prepare(table)
        table.assessments = assessor.assess(table)
        tested.decide(table, COORDINATES, np.zeros(len(MANIFESTS))).records()
        return weakref.ref(table)

    screened()  # Compiling what is not compiled yet makes cycles.
    gc.disable()
    try:
        assert screened()() is None
    finally:
        gc.enable()
