"""Evidence: how many inspections and violations stand behind a feature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.batch import Block, FeatureBatch
from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.model.evidence import Evidence
from scorers.model.model import Model
from tests.factories import PROPERTY, contributions_of, make_item, make_manifest, make_spec


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
        evidence.add(parcels_with(slots), np.array(labels, dtype=np.float64))
        inspected.update(slots)
        violations.update(slot for slot, label in batch if label)
    for slot in range(8):
        assert evidence.of(slot) == (violations[slot], inspected[slot])


def parcels_with(slots: Sequence[int]) -> FeatureBatch:
    """Return parcels of one feature each, which stands in these slots."""
    block = Block(("feature",), np.ones(1), np.array([slots], dtype=np.uint32))
    return FeatureBatch(len(slots), (block,), np.zeros(len(slots)), block)


@given(st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=5), min_size=1, max_size=6))
@PROPERTY
def test_add_parcels_of_several_values_counts_each_slot_of_a_parcel_once(
    parcels: list[list[int]],
) -> None:
    sizes = [len(slots) for slots in parcels]
    rows = np.repeat(np.arange(len(parcels)), sizes)
    lines = np.array([[slot for slots in parcels for slot in slots]], dtype=np.uint32)
    # A second feature of the level, whose slots are the first one's, adds nothing.
    block = Block(
        ("one", "other"), np.ones(2), np.repeat(lines, 2, axis=0), rows, np.ones(len(rows))
    )
    labels = np.arange(len(parcels)) % 2
    evidence = Evidence(bits=3)
    evidence.add(FeatureBatch(len(parcels), (block,), np.zeros(len(parcels)), block), labels)
    inspected = Counter(slot for slots in parcels for slot in set(slots))
    violations = Counter(slot for slots in parcels[1::2] for slot in set(slots))
    for slot in range(8):
        assert evidence.of(slot) == (violations[slot], inspected[slot])


def test_learn_a_parcel_of_three_like_items_counts_one_inspection() -> None:
    extractor, model = Extractor(make_spec(), bits=16), Model(bits=16)
    parcel = make_manifest(items=(make_item(),) * 3)
    batch = extractor.extract(ManifestTable([parcel]))
    model.learn(batch, np.ones(1), np.ones(1))
    slots = {part.slot for part in contributions_of(batch, model.weights, 0)}
    assert {model.evidence.of(slot) for slot in slots} == {(1, 1)}
