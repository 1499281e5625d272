"""Words near listed ones: as found one by one, and the same from memory."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.lists import seenwords
from scorers.lists.askedwords import AskedWords, WordFinder
from scorers.lists.nearwords import NearIndex
from scorers.lists.seenwords import SeenWords, letters_of
from scorers.lists.wordhashes import LEAST_LETTERS, spans_of, words_of
from tests.factories import PROPERTY

word = st.text("abgo", min_size=1, max_size=7)
words = st.lists(word, min_size=1, max_size=6)
names = st.lists(st.lists(word, max_size=4).map(" ".join), min_size=1, max_size=5)


def spelled(several: list[str]) -> bytes:
    return "\0".join(several).encode()


def short_of_a_letter(text: str) -> set[str]:
    few = len(text) < LEAST_LETTERS
    return {text} | (set() if few else {text[:at] + text[at + 1 :] for at in range(len(text))})


def near(asked: str, listed: list[str]) -> set[int]:
    """Return the hashes of the listed words that may be meant by an asked one."""
    alike = [one for one in listed if short_of_a_letter(one) & short_of_a_letter(asked)]
    pairs = [left + right for left, right in pairwise(listed)]
    alike += [pair for pair in pairs if pair in short_of_a_letter(asked)]
    return {int(words_of(one.encode()).exact[0]) for one in alike}


@PROPERTY
@given(words, words)
def test_near_words_are_those_that_differ_by_a_letter(asked: list[str], listed: list[str]) -> None:
    index = NearIndex(words_of(spelled(listed)))
    found = index.among(words_of(spelled(asked)), np.zeros(0, dtype=np.uint64))
    for place, text in enumerate(asked):
        owner, hashes = found.of(np.array([place]))
        assert sorted(hashes.tolist()) == sorted(near(text, listed))
        assert not owner.any()


def described(asked: AskedWords) -> list[object]:
    of_words = np.arange(2 * len(asked.words))
    owner, hashes = asked.near.of(of_words)
    columns = (asked.words.row, asked.words.length, asked.words.exact, asked.words.sound)
    flags = (*asked.ranks, asked.heard)
    return [part.tolist() for part in (*columns, *flags, owner, hashes)]


@PROPERTY
@given(st.lists(names, max_size=5), words)
def test_words_from_memory_are_those_looked_up(batches: list[list[str]], listed: list[str]) -> None:
    remembering = WordFinder(words_of(spelled(listed)))
    for batch in [*batches, *batches]:
        fresh = WordFinder(words_of(spelled(listed)))
        assert described(remembering.of(spelled(batch))) == described(fresh.of(spelled(batch)))


def test_words_that_share_a_place_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two slots for hundreds of words.
    monkeypatch.setattr(seenwords, "_SHIFT", np.uint64(63))
    texts = [f"word{number} another{number}" for number in range(100)]
    listed = words_of(b"word7 another8")
    finder = WordFinder(listed)
    for text in texts * 2:
        expected = described(WordFinder(listed).of(text.encode()))
        assert described(finder.of(text.encode())) == expected


def test_words_beyond_what_fits_are_forgotten_and_found_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seenwords, "_WORDS", 16)
    listed = words_of(b"word7 another8")
    finder = WordFinder(listed)
    for number in (*range(60), 7, 8):
        text = f"word{number} another{number} longerthansixteenletters{number}".encode()
        assert described(finder.of(text)) == described(WordFinder(listed).of(text))


@PROPERTY
@given(st.lists(st.text("abcdefghij", min_size=1, max_size=16), min_size=1, unique=True))
def test_letters_tell_words_of_up_to_16_apart(several: list[str]) -> None:
    text = " ".join(several).encode()
    _, starts, length = spans_of(np.frombuffer(text, dtype=np.uint8))
    letters = letters_of(text, starts, length)
    assert len(set(zip(*(column.tolist() for column in letters), strict=True))) == len(several)


def test_words_that_were_not_added_are_not_known() -> None:
    seen = SeenWords(width=1)
    text = b"golden sunrise"
    _, starts, length = spans_of(np.frombuffer(text, dtype=np.uint8))
    letters = letters_of(text, starts, length)
    assert seen.find(letters)[1].tolist() == [0, 1]
    seen.add(letters.some(np.array([1])), np.array([[7]], dtype=np.uint64))
    numbers, new = seen.find(letters)
    assert (numbers[:, 1].tolist(), new.tolist()) == ([7], [0])
