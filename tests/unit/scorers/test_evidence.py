"""Evidence: how many inspections and violations stand behind a feature."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.model.evidence import Evidence
from scorers.model.model import Model
from tests.factories import PROPERTY, make_item, make_manifest, make_spec


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 7), st.booleans()), min_size=1, max_size=6), max_size=6
    )
)
@PROPERTY
def test_add_any_batches_counts_inspections_and_violations_of_each_slot(
    batches: list[list[tuple[int, bool]]],
) -> None:
    evidence, inspected, violations = Evidence(bits=3), Counter(), Counter()
    for batch in batches:
        slots, labels = zip(*batch, strict=True)
        evidence.add(np.array(slots), np.arange(len(slots)), np.array(labels, dtype=np.float64))
        inspected.update(slots)
        violations.update(slot for slot, label in batch if label)
    for slot in range(8):
        assert evidence.of(slot) == (violations[slot], inspected[slot])


def test_add_more_than_a_counter_holds_stops_at_its_end() -> None:
    evidence = Evidence(bits=1)
    for _ in range(3):
        evidence.add(np.zeros(30_000, dtype=np.int64), np.arange(30_000), np.ones(30_000))
    assert evidence.of(0) == (65_535, 65_535)
    assert evidence.of(1) == (0, 0)


def test_learn_a_parcel_of_three_like_items_counts_one_inspection() -> None:
    extractor, model = Extractor(make_spec(), bits=16), Model(bits=16)
    parcel = make_manifest(items=(make_item(),) * 3)
    batch = extractor.extract(ManifestTable([parcel]))
    model.learn(batch, np.ones(1), np.ones(1))
    slots = {part.slot for part in batch.contributions(model.weights, 0)}
    assert {model.evidence.of(slot) for slot in slots} == {(1, 1)}
