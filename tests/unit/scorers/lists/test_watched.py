"""Listed names: found in disguise, not found in others, at a bounded cost."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.features.texts import texts_of
from scorers.lists.candidates import MAX_CANDIDATES, CandidateIndex, ListedName
from scorers.lists.names import MAX_NAME_WORDS, names_in
from scorers.lists.watched import NameIndex
from tests.factories import PROPERTY, make_manifest, make_party
from tests.unit.scorers.lists.builders import found, make_entry, match

LISTED = [
    "Golden Sunrise Trading Co Ltd",
    "Mohammed Al Rashid",
    "Huawind GmbH",
    "Иван Петров",
    "Anna-Marie Muster",
]


def index_of(*names: str, memo: int = 100) -> NameIndex:
    entries = [make_entry(subject="name", value=name) for name in names]
    return NameIndex(enumerate(entries), memo=memo)


INDEX = index_of(*LISTED)


def entries_in(name: str, index: NameIndex = INDEX) -> list[int]:
    return [entry for entry, _ in index.find([name]).get(name, ())]


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("golden sunrise trading", 0),
        ("Trading Golden Sunrise S.A.", 0),
        ("Goldn Sunrise Trading", 0),
        ("Golden Sunirse Trading Ltd", 0),
        ("Golden Sunrise Tradding Ltd", 0),
        ("Golden Sunrise International Export", 0),
        ("Golden Sun Rise Trading", 0),
        ("GoldenSunrise Trading", 0),
        ("G o l d e n Sunrise Trading", 0),
        ("G\u043elden Sunr\u0456se Trading", 0),
        ("Golden\u200bSunrise Trading", 0),
        ("\u202egnidarT esirnuS nedloG\u202c", 0),
        ("G0lden Sunrise Trading", 0),
        ("Ｇｏｌｄｅｎ Ｓｕｎｒｉｓｅ Ｔｒａｄｉｎｇ", 0),
        ("Golden\0Sunrise\0Trading", 0),
        ("Muhamad Al-Rashid", 1),
        ("al rashid mohamed", 1),
        ("Huawind", 2),
        ("Huawindt", 2),
        ("Huawind Technologies", 2),
        ("HUAWIND LLC", 2),
        ("Ivan Petrov", 3),
        ("PETROV IVAN", 3),
        ("Anna Marie Muster", 4),
        ("Annamarie Muster", 4),
        ("Muster Anna Márie", 4),
    ],
    ids=lambda value: str(value).encode("ascii", "namereplace").decode()[:40],
)
def test_find_of_a_listed_name_in_disguise_finds_its_entry(name: str, listed: int) -> None:
    assert entries_in(name) == [listed]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Golden Gate Trading",
        "Golden",
        "Sunrise Trading",
        "Silver Sunset Trading Co Ltd",
        "Rashid",
        "Huawei GmbH",
        "Huawind Bakery",
        "Mohammed Ali",
        "Anna Schuster",
        "Trading Co Ltd",
        "Ivan Ivanov",
        "\0",
        "陈伟",
    ],
)
def test_find_of_another_name_finds_nothing(name: str) -> None:
    assert entries_in(name) == []


def test_find_below_the_threshold_of_an_entry_finds_nothing() -> None:
    loose, strict = (
        make_entry(subject="name", value="Golden Sunrise", threshold=threshold)
        for threshold in (80.0, 99.0)
    )
    index = NameIndex([(0, loose), (1, strict)])
    assert entries_in("Golden Sunrize", index) == [0]
    assert entries_in("Golden Sunrise", index) == [0, 1]


SPELLINGS = ["Goldn Sunrise Trading", "Ivan Petrow", "nobody at all", "Huawind", ""]


@PROPERTY
@given(st.lists(st.sampled_from(SPELLINGS + LISTED), max_size=12), st.integers(0, 3))
def test_find_in_a_column_equals_that_of_each_name_alone(names: list[str], memo: int) -> None:
    small = index_of(*LISTED, memo=memo)
    expected = {name: hits for name in names for hits in INDEX.find([name]).values()}
    assert small.find(names) == small.find(names) == expected


@PROPERTY
@given(st.lists(st.text(max_size=30), max_size=6))
def test_find_in_any_texts_finds_listed_entries_only(names: list[str]) -> None:
    assert set(INDEX.find(names)) <= set(names)


def test_candidates_of_a_name_that_many_are_like_are_bounded() -> None:
    names = [f"Golden Sunrise {word}" for word in words(200)]
    listed = [ListedName(0, text, 60.0, name) for text in names for name in names_in(text)]
    candidates = CandidateIndex(listed).of(texts_of(["Golden Sunrise"])).places[0]
    assert 0 < len(candidates) <= 3 * MAX_CANDIDATES


def test_find_of_a_name_that_too_many_are_like_tells_that_it_was_cut() -> None:
    index = index_of(*(f"Golden Sunrise {word}" for word in words(200)), *LISTED)
    index.find(["Golden Sunrise"])
    assert index.cut == 1


def test_find_of_a_name_of_too_many_words_tells_that_it_was_cut() -> None:
    before = INDEX.cut
    INDEX.find([" ".join(words(MAX_NAME_WORDS))])
    assert INDEX.cut == before
    INDEX.find([" ".join(words(MAX_NAME_WORDS + 1))])
    assert INDEX.cut == before + 1


def words(count: int) -> list[str]:
    rng = random.Random(3)
    return ["".join(rng.sample(string.ascii_lowercase, 8)) for _ in range(count)]


def test_match_of_a_name_in_several_roles_tells_the_first_of_those_most_alike() -> None:
    entry = make_entry(subject="name", value="Golden Sunrise Trading")
    parties = [make_party(name=f"Golden {word} Trading") for word in ("Sunrize", "Sunrise")]
    first = make_manifest(consignor=parties[1], consignee=parties[1], buyer=parties[1])
    later = make_manifest(consignor=parties[0], consignee=parties[1], deliver_to=parties[1])
    assert [hit.source for hit in found(entry, first)] == ["consignor.name"]
    assert [hit.source for hit in found(entry, later)] == ["consignee.name"]


@pytest.mark.parametrize("role", ["consignor", "consignee", "buyer", "deliver_to"])
def test_match_of_a_name_in_any_role_says_which(role: str) -> None:
    entry = make_entry(subject="name", value="Golden Sunrise Trading")
    manifest = make_manifest(**{role: make_party(name="Golden Sunrize Trading Ltd")})
    (hit,) = found(entry, manifest)
    assert hit.source == f"{role}.name"
    assert 86 < hit.similarity < 100


def test_match_of_names_stands_at_the_parcel_that_it_is_about() -> None:
    entry = make_entry(subject="name", value="Golden Sunrise Trading")
    named = make_party(name="Golden Sunrise")
    parcels = [make_manifest(), make_manifest(deliver_to=named), make_manifest(consignee=named)]
    assert match([entry], *parcels).hold.tolist() == [False, True, True]
