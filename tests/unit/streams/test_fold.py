"""A model is a function of the training log, however the log is read."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import decode_example, encode
from schemas.example import LabelledExample
from scorers.features.extractor import Extractor
from scorers.features.rows import rows_of
from scorers.features.tables import ManifestTable
from scorers.model.model import Model
from scorers.model.snapshot import dump_snapshot, load_snapshot
from streams.folding import Fold
from tests.factories import PROPERTY, make_example, make_manifests, make_spec

SPEC = make_spec()
BITS = 10
EXAMPLES = 60
PROPENSITIES = np.where(np.arange(EXAMPLES) % 4, 1.0, 0.05)


def log_of(ends: set[int], seed: int = 1) -> list[LabelledExample]:
    """Return a training log whose mini-batches end at the positions `ends`, as read from bytes."""
    table = ManifestTable(make_manifests(EXAMPLES, seed))
    rows = rows_of(table, SPEC, range(EXAMPLES))
    labels = np.random.default_rng(seed).random(EXAMPLES) < 0.3
    return [
        decode_example(
            encode(
                make_example(
                    features=row,
                    label=bool(labels[position]),
                    propensity=float(PROPENSITIES[position]),
                    closes_batch=position in ends,
                    decision_id=f"parcels.manifests:0:{position}",
                )
            )
        )
        for position, row in enumerate(rows)
    ]


def fresh() -> Fold:
    return Fold(Extractor(SPEC, BITS), Model(BITS))


def state(model: Model) -> dict[str, object]:
    """Return all that a model has learnt."""
    return {
        "z": model.ftrl.z.tobytes(),
        "n": model.ftrl.n.tobytes(),
        "weights": model.weights.tobytes(),
        "inspected": model.evidence.inspected.tobytes(),
        "violations": model.evidence.violations.tobytes(),
        "calibration": model.calibration,
        "labels": model.labels,
    }


def folded(log: list[LabelledExample]) -> Model:
    fold = fresh()
    for example in log:
        fold.add([example])
    return fold.model


batch_ends = st.sets(st.integers(0, EXAMPLES - 1), min_size=1)


@given(batch_ends, st.lists(st.integers(0, EXAMPLES), max_size=6))
@PROPERTY
def test_fold_a_log_interrupted_anywhere_gives_the_same_model_bit_for_bit(
    ends: set[int], stops: list[int]
) -> None:
    log = log_of(ends)
    straight = folded(log)
    model, next_offset = Model(BITS), 0
    for stop in [*sorted(stops), EXAMPLES]:
        # A new process: a new extractor, the last snapshot, and the log from its offset on.
        model, _ = load_snapshot(dump_snapshot(model, SPEC.version, next_offset), SPEC.version)
        fold = Fold(Extractor(SPEC, BITS), model)
        for offset in range(next_offset, stop):
            if fold.add([log[offset]]):
                next_offset = offset + 1
    assert state(model) == state(straight)


@given(batch_ends, st.lists(st.integers(0, EXAMPLES), max_size=6))
@PROPERTY
def test_fold_a_log_read_in_any_pieces_gives_the_same_model_bit_for_bit(
    ends: set[int], cuts: list[int]
) -> None:
    log, fold = log_of(ends), fresh()
    for start, end in pairwise([0, *sorted(cuts), EXAMPLES]):
        closed = fold.add(log[start:end])
        assert closed == max(
            (place + 1 - start for place in ends if start <= place < end), default=0
        )
    assert state(fold.model) == state(folded(log))


@given(batch_ends)
@PROPERTY
def test_fold_the_same_log_twice_gives_the_same_model_bit_for_bit(ends: set[int]) -> None:
    log = log_of(ends)
    assert state(folded(log)) == state(folded(log))


@given(batch_ends)
@PROPERTY
def test_fold_learns_a_mini_batch_where_the_log_closes_it(ends: set[int]) -> None:
    fold, extractor, expected = fresh(), Extractor(SPEC, BITS), Model(BITS)
    start, manifests = 0, make_manifests(EXAMPLES, seed=1)
    for position, example in enumerate(log_of(ends)):
        assert fold.add([example]) == (position in ends)
        if position in ends:
            labels = np.random.default_rng(1).random(EXAMPLES) < 0.3
            batch = extractor.extract(ManifestTable(manifests[start : position + 1]))
            closed = slice(start, position + 1)
            expected.learn(batch, labels[closed].astype(np.float64), PROPENSITIES[closed])
            start = position + 1
        assert state(fold.model) == state(expected)


def test_fold_other_mini_batches_of_the_same_examples_gives_another_model() -> None:
    assert state(folded(log_of({19, 59}))) != state(folded(log_of({29, 59})))


def test_fold_the_same_examples_in_another_order_gives_another_model() -> None:
    log = log_of(set(range(EXAMPLES)))
    assert state(folded(log)) != state(folded(log[::-1]))


def test_fold_examples_after_the_last_close_waits_for_the_rest() -> None:
    closed, longer = log_of({39})[:40], log_of({39})
    assert state(folded(longer)) == state(folded(closed))
    assert folded(longer).labels == 40


def test_fold_nothing_leaves_the_model_as_it_was() -> None:
    assert state(folded([])) == state(Model(BITS))
