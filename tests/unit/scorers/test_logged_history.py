"""What decisions log of the past: read back, it gives the same features, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from schemas.codec import decode_decision, encode
from schemas.decision import MAX_HISTORY
from schemas.manifest import Manifest
from scorers import profiled
from scorers.features.extractor import Extractor
from scorers.features.rows import rows_of
from scorers.features.tables import ManifestTable
from scorers.histories import QUANTITIES, RECEIVERS
from scorers.logged_history import LOGGED, HistoryError, LoggedHistories, packed_histories
from scorers.policybook import PolicyBook, share_plan
from scorers.profiles import KINDS
from scorers.specs.parcels import SPEC as PARCELS
from tests.factories import MANIFEST, decide, make_coordinates, make_manifests
from tests.unit.scorers.pasts import TOPIC, make_order, seen_by
from tests.unit.scorers.policybooks import screener

BOOK = PolicyBook(share_plan(0.1, 0.02))
MANIFESTS = [MANIFEST, *make_manifests(120, seed=11), MANIFEST]
ORDERS = [
    make_order(price_paid=31.7, listing_title="Cotton t-shirt, large"),
    make_order(MANIFESTS[5]),
]


def seen() -> ManifestTable:
    return seen_by(MANIFESTS, ORDERS, first=2**33)


def read_back(texts: Sequence[str], manifests: Sequence[Manifest] = MANIFESTS) -> ManifestTable:
    table = ManifestTable(manifests)
    ids = np.ones((len(KINDS), len(table)), dtype=np.uint64)
    table.histories = LoggedHistories(texts, [TOPIC] * len(table), ids)
    return table


def test_history_read_back_gives_the_same_columns_and_signals() -> None:
    table = seen()
    again = read_back(packed_histories(table).values())
    assert table.histories is not None
    assert table.histories.orders.known.sum() > 1
    for name in (*profiled.COLUMNS, *(f"{kind}_{quantity}" for kind, quantity in LOGGED)):
        columns = (one.numbers(f"profiles.{name}") for one in (table, again))
        np.testing.assert_array_equal(*columns, err_msg=name)
    for name in profiled.SIGNALS:
        flags = (np.asarray(one.column(f"signals.{name}")).tolist() for one in (table, again))
        assert next(flags) == next(flags), name


def test_history_read_back_gives_the_same_readable_features_and_hashed_ones() -> None:
    table, every = seen(), range(len(MANIFESTS))
    again = read_back(packed_histories(table).values())
    assert rows_of(again, PARCELS, every) == rows_of(table, PARCELS, every)
    weights = np.random.default_rng(1).normal(size=2**16).astype(np.float32)
    logits = [Extractor(PARCELS, 16).extract(one).logits(weights) for one in (table, again)]
    assert logits[0].tolist() == logits[1].tolist()


def test_history_of_some_parcels_is_read_back_by_itself() -> None:
    texts = packed_histories(seen()).values()
    again = read_back(texts[-1:], MANIFESTS[-1:])
    every = len(MANIFESTS) - 1
    assert rows_of(again, PARCELS, [0]) == rows_of(seen(), PARCELS, [every])


def test_logged_quantities_are_of_known_kinds_and_names() -> None:
    assert {kind for kind, _ in LOGGED} == set(KINDS)
    assert {name for _, name in LOGGED} <= set(QUANTITIES)


def test_every_quantity_that_the_parcels_spec_reads_is_logged() -> None:
    read = {
        field.source.partition(".")[2] for field in PARCELS.fields if "profiles." in field.source
    }
    formers = {"sibling_former", *(f"{kind}_former" for kind in RECEIVERS)}
    logged = {f"{kind}_{name}" for kind, name in LOGGED}
    assert read - formers - set(profiled.COLUMNS) <= logged


def test_history_of_each_decision_is_in_its_record() -> None:
    table = seen()
    fresh = screener(BOOK, PARCELS)
    times = np.full(len(table), 1.8e9)
    decisions = fresh.decide(table, make_coordinates(len(table)), times).records()
    records = [decode_decision(encode(one)) for one in decisions]
    assert [one.history for one in records] == packed_histories(seen()).values()
    assert all(0 < len(one.history) <= MAX_HISTORY for one in records)


def test_decision_without_profiles_has_no_history() -> None:
    decisions = decide(screener(BOOK), MANIFESTS, make_coordinates(len(MANIFESTS)))
    assert {one.history for one in decisions} == {""}


def test_missing_history_is_not_known() -> None:
    again = read_back([""] * len(MANIFESTS))
    plain = ManifestTable(MANIFESTS)
    every = range(len(MANIFESTS))
    assert rows_of(again, PARCELS, every) == rows_of(plain, PARCELS, every)


@pytest.mark.parametrize("text", ["!", "AAAA", "/" * 200, "ä"])
def test_text_that_is_no_history_is_refused(text: str) -> None:
    with pytest.raises(HistoryError, match=r"history: expected .*, got "):
        read_back([text], [MANIFEST])
