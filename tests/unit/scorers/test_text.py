"""Words of descriptions: spelling tricks do not make new ones, and there is a limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.hashing import hash_text, hashed
from scorers.features.text import MAX_WORDS, WordMemo, words
from scorers.features.texts import texts_of
from scorers.numbering import TextNumbers
from tests.factories import PROPERTY

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cotton T-Shirt, cotton", ("cotton", "t", "shirt")),
        ("snake_case", ("snake", "case")),
        ("20000mAh 5G", ("20000mah", "5g")),
        ("手机壳 硅胶", ("手机壳", "硅胶")),
        ("Sac à main en cuir", ("sac", "à", "main", "en", "cuir")),
        ("", ()),
        ("... !!! ___", ()),
    ],
)
def test_words_of_a_text_are_its_distinct_words_in_order(
    text: str, expected: tuple[str, ...]
) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "disguise",
    [
        "LITHIUM",
        "ＬＩＴＨＩＵＭ",
        "𝐥𝐢𝐭𝐡𝐢𝐮𝐦",
        "ⓛⓘⓣⓗⓘⓤⓜ",
        "lith\u200bium",
        "lith\u200dium",
        "li\u00adthium",
        "lithium\ufeff",
        "\u202elithium\u202c",
        "lithium\n",
        "_lithium_",
    ],
    ids=lambda text: text.encode("ascii", "namereplace").decode()[:24],
)
def test_words_of_a_disguised_spelling_are_the_plain_word(disguise: str) -> None:
    assert words(disguise) == ("lithium",)


@pytest.mark.parametrize(
    ("left", "right"), [("Straße", "STRASSE"), ("ﬁsh", "fish"), ("é", "e\u0301"), ("½", "1⁄2")]
)
def test_words_of_equivalent_spellings_are_equal(left: str, right: str) -> None:
    assert words(left) == words(right)


def test_words_of_a_long_text_are_the_first_24_distinct_ones() -> None:
    text = "same " * 50 + " ".join(f"w{number}" for number in range(100))
    assert MAX_WORDS == 24
    assert words(text) == ("same", *(f"w{number}" for number in range(23)))


@given(any_text)
@PROPERTY
def test_words_of_any_text_are_distinct_folded_and_few(text: str) -> None:
    found = words(text)
    assert len(found) == len(set(found)) <= MAX_WORDS
    assert all(word and word == word.casefold() and " " not in word for word in found)


@given(
    st.text(st.characters(max_codepoint=0x2FF), max_size=60), st.sampled_from("\u200b\u00ad\u2060")
)
@PROPERTY
def test_words_of_a_latin_text_with_hidden_characters_stay_the_same(text: str, hidden: str) -> None:
    assert words(hidden.join(text)) == words(text)


@given(st.text(st.characters(max_codepoint=0x7F), max_size=60))
@PROPERTY
def test_words_of_an_ascii_text_in_capitals_stay_the_same(text: str) -> None:
    assert words(text.upper()) == words(text)


def test_words_with_a_hidden_character_before_an_accent_stay_the_same() -> None:
    assert words("cafe\u200b\u0301") == words("café")


@given(st.lists(st.lists(any_text, max_size=8), max_size=6), st.integers(1, 4))
@PROPERTY
def test_memo_of_any_size_gives_the_hashes_of_the_words(
    batches: list[list[str]], limit: int
) -> None:
    numbers, memo = TextNumbers(limit), WordMemo(judge=len)
    for texts in batches:
        expected = [words(text) or ("",) for text in texts]
        hashes, sizes, judged = memo.of(numbers.of(texts_of(texts), hashed(texts_of(texts))))
        assert sizes.tolist() == [len(found) for found in expected]
        assert judged.tolist() == list(map(len, texts))
        assert hashes.tolist() == [hash_text(word) for found in expected for word in found]
