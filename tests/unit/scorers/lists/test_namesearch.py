"""Hashes of names by compiled loops: they equal what is computed word by word."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.texts import texts_of
from scorers.hashindex import HashSet
from scorers.lists.columntext import BREAK, folded
from scorers.lists.namekeys import COMPACT
from scorers.lists.names import MAX_NAME_WORDS
from scorers.lists.namesearch import asked_keys
from scorers.lists.namewords import NameWords, name_words, put_together
from scorers.lists.nearwords import NearIndex
from scorers.lists.ranks import ranks_of
from scorers.lists.wordhashes import LEAST_LETTERS, words_of
from tests.factories import PROPERTY

word = st.text("abgo", min_size=1, max_size=7)
words = st.lists(word, min_size=1, max_size=6)
parts = st.one_of(word, st.sampled_from(["ltd", "trading", "a"]))
names = st.lists(parts, max_size=MAX_NAME_WORDS + 2).map(" ".join)
latin = st.text(
    st.characters(max_codepoint=0x24F, exclude_categories=["Cs"]) | st.sampled_from("ab z"),
    max_size=20,
)


def spelled(several: list[str]) -> bytes:
    return BREAK.join(several).encode()


def exact(text: str) -> int:
    return int(words_of(text.encode()).exact[0])


def sound(text: str) -> int:
    return int(words_of(text.encode()).sound[0])


def together(*hashes: int) -> int:
    return sum(hashes) % 2**64


def short_of_a_letter(text: str) -> set[str]:
    few = len(text) < LEAST_LETTERS
    return {text} | (set() if few else {text[:at] + text[at + 1 :] for at in range(len(text))})


def near(asked: str, listed: list[str]) -> set[int]:
    """Return the hashes of the listed words that may be meant by an asked one."""
    alike = [one for one in listed if short_of_a_letter(one) & short_of_a_letter(asked)]
    return {exact(one) for one in [*alike, *near_pairs(short_of_a_letter(asked), listed)]}


def near_joined(asked: str, listed: list[str]) -> set[int]:
    """Return the same for two asked words written as one."""
    alike = [one for one in listed if asked in short_of_a_letter(one)]
    return {exact(one) for one in [*alike, *near_pairs({asked}, listed)]}


def near_pairs(spellings: set[str], listed: list[str]) -> list[str]:
    return [left + right for left, right in pairwise(listed) if left + right in spellings]


def keys_of(name: str, listed: list[str]) -> Counter[int]:
    """Return the hashes of one name, each as often as it is made."""
    said = name.split()
    ranks = ranks_of(words_of(name.encode()))
    kept = [one for one, flag in zip(said, ranks.kept.tolist(), strict=True) if flag]
    weighty = [one for one, flag in zip(said, ranks.weighty.tolist(), strict=True) if flag]
    keys = [exact("".join(said)) ^ int(COMPACT)] if said else []
    keys += [exact("".join(kept)) ^ int(COMPACT)] if 0 < len(kept) < len(said) else []
    keys += [exact("".join(weighty))] if len(weighty) == 2 else []
    if len(weighty) == 1:
        keys += [sound(weighty[0]), *near(weighty[0], listed)]
    sounds = {sound(one) for one in listed}
    for left, right in combinations(range(min(len(said), MAX_NAME_WORDS)), 2):
        if not (ranks.weighty[left] or ranks.weighty[right]):
            continue
        one, other = sound(said[left]), sound(said[right])
        keys += [together(one, other)] if {one, other} <= sounds else []
        keys += beside(said, left, right, listed) if other in sounds else []
        keys += beside(said, right, left, listed) if one in sounds else []
    return Counter(keys)


def beside(said: list[str], place: int, other: int, listed: list[str]) -> list[int]:
    """Return the keys of what is near one word, beside the sound of another."""
    found = list(near(said[place], listed))
    if abs(place - other) > 1:
        first = place if place < other else place - 1
        found += near_joined(said[first] + said[first + 1], listed)
    return [together(one, sound(said[other])) for one in found]


def index_of(listed: list[str]) -> NearIndex:
    return NearIndex(words_of(" ".join(listed).encode()), name_words(texts_of(listed)))


@PROPERTY
@given(st.lists(latin, min_size=1, max_size=5))
def test_words_of_names_are_those_of_folded_texts(several: list[str]) -> None:
    found, expected = name_words(texts_of(several)), words_of(folded(several))
    rows = np.repeat(np.arange(len(several)), np.diff(found.firsts))
    assert rows.tolist() == expected.row.tolist()
    assert found.length.tolist() == expected.length.tolist()
    assert found.exact.tolist() == expected.exact.tolist()
    assert found.sound.tolist() == expected.sound.tolist()


@PROPERTY
@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_words_of_names_in_other_scripts_are_none(several: list[str]) -> None:
    found = name_words(texts_of(several))
    foreign = [any(letter > "\u024f" for letter in name) for name in several]
    counts = np.diff(found.firsts).tolist()
    assert not any(count for count, other in zip(counts, foreign, strict=True) if other)


def parts_of(found: NameWords) -> list[object]:
    starts = zip(found.start.tolist(), found.length.tolist(), strict=True)
    letters = [bytes(found.letters[start : start + size]) for start, size in starts]
    return [letters, found.firsts.tolist(), found.exact.tolist(), found.sound.tolist()]


@PROPERTY
@given(st.lists(st.lists(names, max_size=4), min_size=1, max_size=3))
def test_columns_put_together_are_those_of_one(columns: list[list[str]]) -> None:
    apart = put_together([name_words(texts_of(column)) for column in columns])
    every = [name for column in columns for name in column]
    assert parts_of(apart) == parts_of(name_words(texts_of(every)))


@PROPERTY
@given(words, words)
def test_near_words_are_those_that_differ_by_a_letter(asked: list[str], listed: list[str]) -> None:
    found = index_of(listed).among(
        name_words(texts_of(asked)), np.arange(0), np.zeros(0, np.uint64)
    )
    for place, text in enumerate(asked):
        hashes = found.pool[found.begin[place] : found.end[place]]
        assert sorted(hashes.tolist()) == sorted(near(text, listed))


@PROPERTY
@given(st.lists(names, min_size=1, max_size=4), words)
def test_keys_of_names_are_those_made_one_by_one(asked: list[str], listed: list[str]) -> None:
    sounds = HashSet(words_of(spelled(listed)).sound)
    keys = asked_keys(name_words(texts_of(asked)), index_of(listed), sounds)
    for row, name in enumerate(asked):
        assert Counter(keys.hashes[keys.row == row].tolist()) == keys_of(name, listed)
