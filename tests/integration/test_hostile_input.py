"""Hostile manifests through the worker's handler with profiles in a real store."""

from __future__ import annotations

import random

import pytest
from redis import Redis

from streams.embedded import EmbeddedStore
from tests.handled import Handled
from tests.hostile import corpus, mutated

MUTATED = 4_000
BATCH = 200
HEADERS = [
    ("__connect.errors.exception.message", None),
    ("\u202eheader\x00", b"\xff\xfe"),
    ("", b""),
    *[("same", b"x" * 1_000)] * 100,
]


@pytest.fixture
def handled(embedded_store: EmbeddedStore) -> Handled:
    """Return a handler on the session's store, as the first to use it."""
    Redis.from_url(embedded_store.url).flushall()
    return Handled(embedded_store.url)


def test_answer_hostile_corpus_alone_and_together_decides_or_rejects_each(handled: Handled) -> None:
    values = corpus()
    for value in values:
        handled.answer([value])
    alone = handled.decided, handled.rejected
    handled.answer(values)
    assert (handled.decided, handled.rejected) == (2 * alone[0], 2 * alone[1])
    assert min(alone) > 50


def test_answer_hostile_corpus_of_which_nearly_all_is_held_decides_or_rejects_each(
    embedded_store: EmbeddedStore,
) -> None:
    Redis.from_url(embedded_store.url).flushall()
    handled, values = Handled(embedded_store.url, drawn=0.97), corpus()
    held = [one for one in handled.answer(values) if one.topic == "parcels.hold"]
    assert len(held) > 0.9 * handled.decided


def test_answer_mutated_records_decides_or_rejects_each(handled: Handled) -> None:
    rng = random.Random(3)
    values = [value for value in corpus() if len(value) < 5_000]
    for _ in range(MUTATED // BATCH):
        handled.answer([mutated(rng, values) for _ in range(BATCH)])
    assert handled.decided + handled.rejected == MUTATED
    assert min(handled.decided, handled.rejected) > MUTATED // 10


def test_answer_records_with_hostile_headers_passes_them_on_and_says_why(handled: Handled) -> None:
    (reject,) = handled.answer([b"{"], headers=HEADERS)
    headers = reject.headers or []
    assert [one for one in headers if one[0] == "same"] == HEADERS[3:]
