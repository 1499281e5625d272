"""Names as words: legal forms, accents, scripts and initials do not matter."""

from __future__ import annotations

import pytest

from scorers.lists.comparing import similarity
from scorers.lists.entries import MIN_THRESHOLD
from scorers.lists.names import latin_words, names_in, skeleton


def words(text: str) -> tuple[str, ...]:
    return names_in(text)[0].words


@pytest.mark.parametrize(
    "text",
    [
        "Golden Sunrise Trading Co., Ltd.",
        "GOLDEN SUNRISE TRADING CO LTD",
        "Golden  Sunrise-Trading S.A.",
        "Golden Sunrise Trading s.r.o.",
        "Golden Sunrise Trading Sp. z o.o.",
        "The Golden Sunrise Trading GmbH & Co. KG",
        "Gólden Sünrise Trading",
    ],
)
def test_name_of_a_firm_in_any_form_is_its_words(text: str) -> None:
    assert words(text) == ("golden", "sunrise", "trading")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Иван Петров", ("ivan", "petrov")),
        ("陈伟", ("chen", "wei")),
        ("深圳金阳有限公司", ("shen", "zhen", "jin", "yang")),
        ("김철수", ("gim", "cheol", "su")),
        ("Łódź Żabka", ("lodz", "zabka")),
        ("Straße", ("strasse",)),
        ("J. R. R. Muster", ("jrr", "muster")),
        ("Co Ltd", ("co", "ltd")),
    ],
)
def test_name_in_any_script_is_latin_words(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["", "...", "\u200b", " - "])
def test_name_without_letters_has_no_reading(text: str) -> None:
    assert names_in(text) == ()
    assert latin_words(text) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [("mohammed", "muhamad"), ("philip", "filip"), ("catherine", "katharine")],
)
def test_skeleton_of_words_that_sound_alike_is_the_same(left: str, right: str) -> None:
    assert skeleton(left) == skeleton(right) != ""


def alike(left: str, right: str) -> float:
    return similarity(names_in(left)[0], names_in(right)[0])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Anna Muster", "Muster, Anna"),
        ("Golden Sunrise", "Goldensun Rise"),
        ("Golden Sunrise Ltd", "GOLDEN SUNRISE GmbH"),
    ],
)
def test_similarity_of_the_same_words_is_all(left: str, right: str) -> None:
    assert alike(left, right) == 100


@pytest.mark.parametrize(
    ("closer", "further"),
    [
        ("Ana Muster", "Una Mister"),
        ("Anna Maria Muster", "Anna Maria Katharina Muster"),
        ("Anna Muster Trading", "Anna Muster Bakery"),
        ("Anna Nuster", "Anna"),
    ],
)
def test_similarity_to_a_name_falls_with_what_differs(closer: str, further: str) -> None:
    assert 100 > alike("Anna Muster", closer) > alike("Anna Muster", further)


def test_similarity_of_names_that_share_only_a_line_of_trade_is_small() -> None:
    assert alike("Golden Trading", "Silver Trading") < MIN_THRESHOLD


def test_similarity_does_not_depend_on_which_name_comes_first() -> None:
    names = ["Anna Muster", "Muster Ana Maria", "Mustermann Trading", "Ivan Petrov"]
    for left in names:
        assert [alike(left, right) for right in names] == [alike(right, left) for right in names]
