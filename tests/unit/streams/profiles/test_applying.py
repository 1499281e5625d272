"""What stretches of the logs become in the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from schemas.codec import encode
from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.profiles import KINDS, Identities, OrderUnit, Source, Unit
from streams.profiles.applying import Applier, outcome_unit
from streams.profiles.stretches import Stretch
from tests.factories import make_example, make_manifests
from tests.unit.streams.profiles.fakes import SOURCE, make_message, make_order

ORDERS = Source("parcels.orders", 0)
TRAINING = Source("parcels.training", 0)


class NotingStore:
    """A store that notes what it is given."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.orders: list[OrderUnit] = []

    def apply(self, units: Sequence[Unit]) -> None:
        self.units += units

    def put_orders(self, units: Sequence[OrderUnit]) -> list[list[Any]]:
        self.orders += units
        return [[] for _ in units]


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor(load_reference())


@pytest.fixture
def store() -> NotingStore:
    return NotingStore()


@pytest.fixture
def applier(store: NotingStore, assessor: Assessor) -> Applier:
    return Applier(store, Identities(b"a secret for tests"), assessor)  # type: ignore[arg-type]


def test_apply_manifests_with_a_bad_record_leaves_that_one_out(
    applier: Applier, store: NotingStore
) -> None:
    values = [encode(one) for one in make_manifests(2, seed=1)]
    messages = [make_message(values[0], 5), make_message(b"{", 6), make_message(values[1], 9)]
    assert applier.manifests(Stretch(SOURCE, 4, 12, messages)) == 2
    (unit,) = store.units
    assert (unit.start, unit.next, unit.parcels.offsets.tolist()) == (4, 12, [5, 9])


def test_apply_manifests_of_an_empty_stretch_moves_the_position_on(
    applier: Applier, store: NotingStore
) -> None:
    assert applier.manifests(Stretch(SOURCE, 4, 12, [])) == 0
    assert (store.units[0].start, store.units[0].next) == (4, 12)


def test_apply_orders_with_a_bad_record_leaves_that_one_out(
    applier: Applier, store: NotingStore
) -> None:
    messages = [make_message(b"{", 0), make_message(make_order(price_paid=12.5), 1)]
    assert applier.orders(Stretch(ORDERS, 0, 2, messages)) == 1
    assert store.orders[0].prices.tolist() == [12.5]


def test_outcome_unit_has_the_entities_of_those_held_with_profiles_only() -> None:
    keys = [f"{number:x}" for number in range(1, len(KINDS) + 1)]
    examples = [
        make_example(features={"entities": keys}, label=True),
        make_example(features={"entities": keys}, label=False, corrects=True),
        make_example(features={"entities": keys}, weight=0.0),
        make_example(features={}),
        make_example(features={"entities": keys[:2]}),
        make_example(features={"entities": ["no key"] * len(KINDS)}),
        make_example(features={"entities": ["1" * 17] * len(KINDS)}),
        make_example(features={"entities": [1] * len(KINDS)}),
    ]
    messages = [make_message(encode(one), offset) for offset, one in enumerate(examples)]
    stretch = Stretch(TRAINING, 0, 9, [*messages, make_message(b"{", 8)])
    unit = outcome_unit(stretch, Identities(b"a secret for tests"))
    assert unit.offsets.tolist() == [0, 1]
    assert unit.ids.tolist() == [[number, number] for number in range(1, len(KINDS) + 1)]
    assert unit.violations.tolist() == [True, False]
    assert unit.corrections.tolist() == [False, True]


def test_outcome_unit_after_rotations_names_entities_as_manifests_of_today_do() -> None:
    former = [b"a first secret", b"a second secret"]
    keys = [Identities(former[0]), Identities(former[1], former[:1])]
    today = Identities(b"a third secret", former)
    messages = []
    for rotations, identities in enumerate([*keys, today]):
        entities = [
            f"{key:x}" for key in identities.hashes("seller", ["s-1"] * len(KINDS)).tolist()
        ]
        features = {"entities": entities, **({"key_rotations": rotations} if rotations else {})}
        messages.append(make_message(encode(make_example(features=features)), rotations))
    unit = outcome_unit(Stretch(TRAINING, 0, 3, messages), today)
    assert set(unit.ids.ravel().tolist()) == set(today.hashes("seller", ["s-1"]).tolist())
