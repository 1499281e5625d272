"""Which listed names the names of a column may be: those with which they share a hash."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorers.compiled import compiled
from scorers.features.batch import Integers
from scorers.features.hashing import Hashes
from scorers.features.texts import texts_of
from scorers.hashindex import HashIndex, HashSet, is_in
from scorers.lists.columntext import BREAK
from scorers.lists.namekeys import COMPACT, PAIR, Keys, listed_keys, telling
from scorers.lists.names import MAX_NAME_WORDS
from scorers.lists.namewords import NameWords, name_words
from scorers.lists.nearwords import ListedWords, Near, NearIndex, near_each
from scorers.lists.ranks import LEGAL, TRADES, ranks_of
from scorers.lists.wordhashes import MOST_POWER, POWERS, Flags, words_of


class _Ranked(NamedTuple):
    """What each word is to its name (see `Ranks`); `heard` are those that sound as a listed one."""

    kept: Flags
    weighty: Flags
    heard: Flags


class NameSearch:
    """Listed names by the hashes that names like them have.

    Each two words, one of them of weight, make hashes in either order: both by their sound, and
    one by its sound, the other as each listed word near it. Two neighbours also count as one word.
    A name with one word of weight has hashes of that alone. Every name has one of all its letters.
    Words behind the first `MAX_NAME_WORDS` of an asked name make no pairs.
    """

    def __init__(self, text: bytes, places: Integers, most: int) -> None:
        """Index names, given as `words_of` takes them, with a place each; `most` of one hash."""
        words = words_of(text)
        told = words.only(telling(words, ranks_of(words)))
        keys = listed_keys(words)
        self._keys = HashIndex(keys.hashes, places[keys.row], most)
        self._sounds = HashSet(np.unique(told.sound))
        spelled = name_words(texts_of(text.decode("ascii").split(BREAK)))
        self._near = NearIndex(told, spelled)

    def find(self, words: NameWords) -> tuple[Integers, Integers]:
        """Return rows of names with places of listed ones, once for each hash that they share."""
        keys = asked_keys(words, self._near, self._sounds)
        asked, places = self._keys.find(keys.hashes)
        return keys.row[asked], places


def asked_keys(words: NameWords, near: NearIndex, sounds: HashSet) -> Keys:
    """Return hashes of names, one or more of which a listed name has if it is like them."""
    listed = near.listed
    return Keys(*_asked_keys(words, LEGAL.words, TRADES.words, sounds.words, listed))


@compiled
def _asked_keys(
    words: NameWords, legal: Hashes, trades: Hashes, sounds: Hashes, listed: ListedWords
) -> tuple[Integers, Hashes]:
    """Return rows of names and their hashes."""
    flags = np.empty((3, len(words.exact)), np.bool_)
    ranked = _Ranked(flags[0], flags[1], flags[2])
    _rank(words, legal, trades, sounds, ranked)
    which, joined = _joined(words)
    near = near_each(words, which, joined, listed)
    whole_rows, whole = _keys_of_whole(words, ranked)
    single_rows, single = _keys_of_single(words, ranked, near)
    pair_rows, pairs = _keys_of_pairs(words, ranked, near)
    rows = np.concatenate((whole_rows, single_rows, pair_rows))
    return rows, np.concatenate((whole, single, pairs))


@compiled
def _rank(words: NameWords, legal: Hashes, trades: Hashes, sounds: Hashes, ranked: _Ranked) -> None:
    """Fill in what the words are."""
    for word in range(len(words.exact)):
        exact = words.exact[word]
        # No branches: words of any kind come in turn.
        ranked.kept[word] = (words.length[word] > 1) & (not is_in(legal, exact))
        ranked.weighty[word] = ranked.kept[word] & (not is_in(trades, exact))
        ranked.heard[word] = is_in(sounds, words.sound[word])


@compiled
def _joined(words: NameWords) -> tuple[Integers, Hashes]:
    """Return which words of names of three or more have a successor, and the hash of each written
    together with it."""
    which, joined = np.empty(len(words.exact), np.int64), np.empty(len(words.exact), np.uint64)
    filled = 0
    for row in range(len(words.firsts) - 1):
        if words.firsts[row + 1] - words.firsts[row] > PAIR:
            for word in range(words.firsts[row], words.firsts[row + 1] - 1):
                power = POWERS[min(words.length[word], MOST_POWER)]
                which[filled] = word
                joined[filled] = words.exact[word] + power * words.exact[word + 1]
                filled += 1
    return which[:filled], joined[:filled]


@compiled
def _keys_of_whole(words: NameWords, ranked: _Ranked) -> tuple[Integers, Hashes]:
    """Return hashes of names as one word: of all letters, without legal forms, and of the words of
    weight if they are two, which may be one with a space too much."""
    rows, hashes = (
        np.empty(3 * len(words.firsts), np.int64),
        np.empty(3 * len(words.firsts), np.uint64),
    )
    filled = 0
    for row in range(len(words.firsts) - 1):
        count = words.firsts[row + 1] - words.firsts[row]
        whole = kept = weighty = np.uint64(0)
        letters, letters_kept, letters_weighty, number_kept, number_weighty = 0, 0, 0, 0, 0
        for word in range(words.firsts[row], words.firsts[row + 1]):
            exact, length = words.exact[word], words.length[word]
            whole += exact * POWERS[min(letters, MOST_POWER)]
            letters += length
            if ranked.kept[word]:
                kept += exact * POWERS[min(letters_kept, MOST_POWER)]
                letters_kept += length
                number_kept += 1
            if ranked.weighty[word]:
                weighty += exact * POWERS[min(letters_weighty, MOST_POWER)]
                letters_weighty += length
                number_weighty += 1
        for value, has in (
            (whole ^ COMPACT, count > 0),
            (kept ^ COMPACT, 0 < number_kept < count),
            (weighty, number_weighty == PAIR),
        ):
            rows[filled], hashes[filled] = row, value
            filled += has
    return rows[:filled], hashes[:filled]


@compiled
def _keys_of_single(words: NameWords, ranked: _Ranked, near: Near) -> tuple[Integers, Hashes]:
    """Return hashes of names with one word of weight: its sound, and what is near it."""
    rows, hashes = [0 for _ in range(0)], [np.uint64(0) for _ in range(0)]
    for row in range(len(words.firsts) - 1):
        weighty, single = 0, 0
        for word in range(words.firsts[row], words.firsts[row + 1]):
            if ranked.weighty[word]:
                weighty += 1
                single = word
        if weighty == 1:
            rows.append(row)
            hashes.append(words.sound[single])
            for at in range(near.begin[single], near.end[single]):
                rows.append(row)
                hashes.append(near.pool[at])
    return np.array(rows, np.int64), np.array(hashes, np.uint64)


@compiled
def _keys_of_pairs(words: NameWords, ranked: _Ranked, near: Near) -> tuple[Integers, Hashes]:
    """Return hashes of each two words of a name of which one has weight."""
    hashes, counts = [np.uint64(0) for _ in range(0)], np.zeros(len(words.firsts) - 1, np.int64)
    for row in range(len(counts)):
        first, before = words.firsts[row], len(hashes)
        end = min(words.firsts[row + 1], first + MAX_NAME_WORDS)
        for left in range(first, end):
            for right in range(left + 1, end):
                if ranked.weighty[left] or ranked.weighty[right]:
                    _add_pair(words.sound, ranked.heard, near, left, right, hashes)
        counts[row] = len(hashes) - before
    return np.repeat(np.arange(len(counts)), counts), np.array(hashes, np.uint64)


@compiled
def _add_pair(
    sounds: Hashes, heard: Flags, near: Near, left: int, right: int, hashes: list[np.uint64]
) -> None:
    """Add the hashes of two words in either order."""
    if heard[left] and heard[right]:
        hashes.append(sounds[left] + sounds[right])
    if heard[right]:
        _add_near(near, left, right, len(heard), sounds[right], hashes)
    if heard[left]:
        _add_near(near, right, left, len(heard), sounds[left], hashes)


@compiled
def _add_near(
    near: Near, word: int, other: int, count: int, sound: np.uint64, hashes: list[np.uint64]
) -> None:
    """Add what is near a word beside the sound of another; and what is near it joined with the
    word between them, if there is one."""
    for at in range(near.begin[word], near.end[word]):
        hashes.append(near.pool[at] + sound)  # noqa: PERF401 (compiled)
    if abs(other - word) > 1:
        # The first two words as one, or the last two.
        joined = count + (word if word < other else word - 1)
        for at in range(near.begin[joined], near.end[joined]):
            hashes.append(near.pool[at] + sound)  # noqa: PERF401 (compiled)
