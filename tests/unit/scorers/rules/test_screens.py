"""Conditions over columns of bits agree with their meaning in plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.hashing import hash_text, mixed
from scorers.features.tables import ManifestTable
from scorers.rules.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Listed,
    Not,
    SameItem,
    StartsWith,
)
from scorers.rules.screens import Screen
from tests.factories import (
    PROPERTY,
    drawn_manifests,
    make_manifest,
    make_manifests,
)
from tests.unit.scorers.rules.oracle import CONDITIONS, holds

MANIFESTS = make_manifests(150, seed=5)
"""Wider than two words of bits, and no multiple of one."""

DE = Listed("destination_country", ("DE",))


def pairs(screen: Screen, manifests: list) -> list[tuple[int, int]]:
    conditions, parcels = screen.matches(ManifestTable(manifests))
    return list(zip(conditions.tolist(), parcels.tolist(), strict=True))


@PROPERTY
@given(st.lists(CONDITIONS, min_size=1, max_size=6))
def test_matches_of_any_conditions_are_those_of_their_meaning(conditions: list[Condition]) -> None:
    expected = [
        (number, parcel)
        for number, condition in enumerate(conditions)
        for parcel, manifest in enumerate(MANIFESTS)
        if holds(condition, manifest)
    ]
    assert pairs(Screen(conditions), MANIFESTS) == expected


@PROPERTY
@given(st.lists(drawn_manifests(), min_size=1, max_size=4), st.data())
def test_matches_of_any_texts_are_those_of_their_meaning(
    manifests: list, data: st.DataObject
) -> None:
    texts = sorted({manifest.seller_id for manifest in manifests})
    drawn = data.draw(st.lists(st.sampled_from(texts), min_size=1, unique=True))
    prefixes = tuple(text[:size] for text in drawn for size in (1, 9) if text[:size])
    conditions: list[Condition] = [Listed("seller_id", tuple(drawn))]
    conditions += [StartsWith("seller_id", prefixes)] if prefixes else []
    expected = [
        (number, parcel)
        for number, condition in enumerate(conditions)
        for parcel, manifest in enumerate(manifests)
        if holds(condition, manifest)
    ]
    assert pairs(Screen(conditions), manifests) == expected


def test_matches_in_one_batch_or_in_parts_are_the_same() -> None:
    screen = Screen([SameItem(StartsWith("items.hs_code", ("8507",))), Not(DE)])
    parts = [
        (number, start + parcel)
        for start in range(0, 150, 7)
        for number, parcel in pairs(screen, MANIFESTS[start : start + 7])
    ]
    assert sorted(parts) == pairs(screen, MANIFESTS)


def test_starts_with_what_looks_like_a_pattern_means_these_characters() -> None:
    pattern = "(a|a)*b"
    parcels = [make_manifest(seller_id=name) for name in ("a" * 64, "aab", pattern + "!")]
    assert pairs(Screen([StartsWith("seller_id", (pattern,))]), parcels) == [(0, 2)]


@pytest.mark.parametrize("count", [1, 63, 64, 65, 128])
def test_matches_everything_whatever_the_number_of_parcels(count: int) -> None:
    screen = Screen([AnyOf((DE, Not(DE)))])
    assert len(pairs(screen, MANIFESTS[:count])) == count


def forged(listed: str) -> str:
    """Return another text of 16 bytes with the hash of `listed`, which has as many.

    The hash is made to spread, not to keep secrets: its last word can be solved for.
    """
    for number in range(1_000):
        start = f"forge{number:03}"
        last = _word(listed[8:]) ^ _left_by(listed[:8]) ^ _left_by(start)
        if (found := last.to_bytes(8, "little")).isascii():
            return start + found.decode("ascii")
    raise AssertionError("no text found")


def _left_by(start: str) -> int:
    """Return the hash of a text of 16 bytes after its first word."""
    return int(mixed(np.array([16 ^ _word(start)], dtype=np.uint64))[0])


def _word(text: str) -> int:
    return int.from_bytes(text.encode(), "little")


def test_text_forged_to_have_the_hash_of_a_listed_one_does_not_match() -> None:
    listed = "broker-trusted-1"
    other = forged(listed)
    assert other != listed
    assert hash_text(other) == hash_text(listed)
    parcels = [make_manifest(declarant_id=name) for name in (listed, other)]
    conditions = [Listed("declarant_id", (listed,)), StartsWith("declarant_id", (listed,))]
    assert pairs(Screen(conditions), parcels) == [(0, 0), (1, 0)]


def test_text_forged_to_have_the_hash_of_an_excluded_one_matches_all_the_same() -> None:
    listed = "broker-trusted-1"
    parcels = [make_manifest(declarant_id=name) for name in (listed, forged(listed))]
    conditions = [
        Not(Listed("declarant_id", (listed,))),
        AllOf((DE, Not(AnyOf((Listed("declarant_id", (listed,)), Listed("ioss", ("IM7",))))))),
    ]
    assert pairs(Screen(conditions), parcels) == [(0, 1), (1, 1)]


def test_text_forged_in_one_parcel_changes_nothing_for_others() -> None:
    listed = "broker-trusted-1"
    names = [*[listed] * 3, forged(listed), *[listed] * 3]
    parcels = [make_manifest(declarant_id=name) for name in names]
    conditions = [AllOf((DE, Listed("declarant_id", (listed,)))), DE]
    expected = [(0, place) for place, name in enumerate(names) if name == listed]
    assert pairs(Screen(conditions), parcels) == [*expected, *((1, place) for place in range(7))]


def test_texts_more_than_are_compared_one_by_one_are_all_found() -> None:
    conditions = [Listed("seller_id", (f"seller-of-name-{number}",)) for number in range(200)]
    conditions += [StartsWith("seller_id", (f"seller-of-name-{number}",)) for number in (1, 19)]
    parcels = [make_manifest(seller_id=f"seller-of-name-{number}") for number in range(300)]
    expected = [(number, number) for number in range(200)]
    starts = [(200, p) for p in range(300) if str(p).startswith("1")]
    starts += [(201, p) for p in range(300) if str(p).startswith("19")]
    assert pairs(Screen(conditions), parcels) == expected + starts


def test_screen_of_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Expected a field of a manifest, got 'consignee.age'"):
        Screen([Listed("consignee.age", ("7",))])
