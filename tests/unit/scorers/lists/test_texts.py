"""Listed phrases: whole words in any description, and stop words that are all there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.manifest import Manifest
from scorers.features.text import all_words
from tests.factories import PROPERTY, make_item, make_manifest
from tests.unit.scorers.lists.builders import found, make_entry, match


def described(*texts: str) -> Manifest:
    return make_manifest(items=tuple(make_item(description=text) for text in texts))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("pill press", "Pill press, manual"),
        ("pill press", "machine (PILL-PRESS)"),
        ("pill press", "pill\u200b press"),
        ("pill press", "рill рress"),
        ("pill press", "ｐｉｌｌ　ｐｒｅｓｓ"),
        ("silencer*", "two silencers"),
        ("手机", "硅胶手机壳"),
        ("e-cigarette", "E Cigarette kit"),
        ("a", "x a y"),
    ],
)
def test_match_of_a_phrase_in_a_description_is_found(pattern: str, text: str) -> None:
    assert found(make_entry(subject="text", value=pattern), described(text)) != ()


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("pill press", "pill pressing"),
        ("pill press", "pill or press"),
        ("silencer", "silencers"),
        ("silencer*", "unsilencer"),
        ("knife", "penknife"),
        ("knife", ""),
    ],
)
def test_match_of_a_phrase_that_is_not_there_finds_nothing(pattern: str, text: str) -> None:
    assert found(make_entry(subject="text", value=pattern), described(text)) == ()


def test_match_of_phrases_that_overlap_finds_each() -> None:
    entries = [
        make_entry(subject="text", value=text) for text in ("a b", "b c", "b", "a b c", "c d")
    ]
    values = {hit.shown for hit in match(entries, described("a b c")).of(0)}
    assert values == {"a b", "b c", "b", "a b c"}


@PROPERTY
@given(
    st.lists(st.text("ab ", min_size=1, max_size=5).filter(str.strip), min_size=1, max_size=6),
    st.lists(st.text("ab ", max_size=12), min_size=1, max_size=3),
)
def test_match_of_phrases_equals_a_search_for_each(patterns: list[str], texts: list[str]) -> None:
    spaced = [f" {' '.join(all_words(text))} " for text in texts]
    expected = {p for p in patterns if any(f" {' '.join(p.split())} " in text for text in spaced)}
    entries = [make_entry(subject="text", value=pattern) for pattern in dict.fromkeys(patterns)]
    assert {hit.shown for hit in match(entries, described(*texts)).of(0)} == expected


@pytest.mark.parametrize("text", ["gift", "GIFT!", "gift gift", "gift\u200b"])
def test_match_of_a_stop_word_that_is_all_there_is_is_found(text: str) -> None:
    (hit,) = found(make_entry(kind="stop", subject="text", value="gift"), described(text))
    assert hit.reason_code == "STOP-WORD"


@pytest.mark.parametrize("text", ["gift card", "gifts", ""])
def test_match_of_a_stop_word_inside_a_description_finds_nothing(text: str) -> None:
    assert found(make_entry(kind="stop", subject="text", value="gift"), described(text)) == ()


def test_match_of_a_prohibited_phrase_among_many_others_holds() -> None:
    entries = [
        make_entry(kind="restricted", subject="text", value=f"w{number}") for number in range(99)
    ]
    entries.append(make_entry(kind="prohibited", subject="text", value="pill press"))
    text = " ".join(f"w{number}" for number in range(99)) + " pill press"
    assert match(entries, described(text)).hold.tolist() == [True]


def test_match_of_a_phrase_in_the_last_item_stands_at_its_parcel() -> None:
    entry = make_entry(subject="text", value="pill press")
    parcels = [described("mug", "mug"), described("mug", "mug", "pill press"), described("mug")]
    assert match([entry], *parcels).hold.tolist() == [False, True, False]
