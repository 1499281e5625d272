"""Where a source may go on, and what is said when it may not."""

from __future__ import annotations

import pytest
from redis.exceptions import ResponseError

from scorers.profiles import PositionError, Resumed, SessionError, Source, StoreLostError
from scorers.profiles.errors import ProfileError, StoreBrokenError
from scorers.profiles.positions import Positions, refusal, resumed

SOURCE = Source("parcels.manifests", 3)


@pytest.mark.parametrize(
    ("stands", "expected"),
    [
        ([(100, -1)], Resumed(100)),
        ([(-1, -1), (-1, -1)], Resumed(100)),
        ([(100, -1), (-1, -1)], Resumed(100)),
        ([(150, 150)], Resumed(100, next=150)),
        ([(150, 150), (100, -1)], Resumed(100, next=150)),
        ([(180, 150), (180, 150)], Resumed(100, next=150)),
        ([(70, -1), (100, -1), (80, -1)], Resumed(100, behind=(70, 80))),
        ([(70, -1), (0, -1), (70, -1)], Resumed(100, behind=(0, 70))),
        ([(101, 102), (99, -1)], Resumed(100, next=102, behind=(99,))),
        ([(101, 102), (0, -1)], Resumed(100, next=102, behind=(0,))),
        ([], Resumed(100)),
    ],
    ids=[
        "here",
        "new",
        "half_new",
        "applied",
        "half_applied",
        "twice_applied",
        "behind",
        "behind_at_the_beginning",
        "behind_and_applied",
        "behind_at_the_beginning_and_applied",
        "no_shard",
    ],
)
def test_resume_by_where_the_shards_stand(stands: list[tuple[int, int]], expected: Resumed) -> None:
    assert resumed(SOURCE, 100, stands) == expected


def test_resume_before_what_is_still_known_is_refused() -> None:
    with pytest.raises(PositionError) as caught:
        resumed(SOURCE, 100, [(150, -1), (160, -1), (100, -1)])
    assert caught.value.expected == 160
    assert str(caught.value) == (
        "Profiles: parcels.manifests:3: expected to go on from 160, got 100, which was applied and "
        "committed before; begin anew or go on from there"
    )


def test_resume_at_the_beginning_of_a_source_applied_up_to_there_goes_on() -> None:
    assert resumed(SOURCE, 0, [(0, -1), (-1, -1)]) == Resumed(0)
    assert resumed(SOURCE, 0, [(1, 1)]) == Resumed(0, next=1)


@pytest.mark.parametrize(
    ("found", "unit", "expected", "text"),
    [
        (None, (5, 6), 5, "expected it to be resumed first"),
        (Resumed(100), (101, 102), 100, "expected a unit from 100, got one from 101"),
        (Resumed(100), (99, 102), 100, "expected a unit from 100, got one from 99"),
        (Resumed(100, behind=(70,)), (100, 102), 70, "expected a unit from 70, got one from 100"),
        (
            Resumed(100, behind=(70,)),
            (70, 101),
            100,
            "expected a unit up to 100 at most, got one up to 101",
        ),
        (Resumed(100, next=150), (100, 151), 150, "expected the unit to end at 150 as before, got"),
    ],
)
def test_advance_that_does_not_follow_says_what_would(
    found: Resumed | None, unit: tuple[int, int], expected: int, text: str
) -> None:
    positions = Positions()
    if found is not None:
        positions.resume(SOURCE, found)
    with pytest.raises(PositionError) as caught:
        positions.advance(SOURCE, *unit)
    assert caught.value.expected == expected
    assert str(caught.value).startswith(f"Profiles: parcels.manifests:3: {text}")


def test_advance_when_behind_still_cuts_where_other_shards_stand() -> None:
    positions = Positions()
    positions.resume(SOURCE, Resumed(100, behind=(70, 80, 90)))
    positions.advance(SOURCE, 70, 75)
    with pytest.raises(PositionError, match="up to 80 at most, got one up to 90"):
        positions.advance(SOURCE, 75, 90)
    positions.advance(SOURCE, 75, 80)
    with pytest.raises(PositionError, match="up to 90 at most, got one up to 100"):
        positions.advance(SOURCE, 80, 100)


def test_forget_of_a_source_never_resumed_changes_nothing_for_others() -> None:
    positions = Positions()
    positions.resume(SOURCE, Resumed(100))
    positions.forget(Source("parcels.manifests", 4))
    positions.advance(SOURCE, 100, 101)


def test_resume_with_a_shard_that_forgot_what_others_know_says_so() -> None:
    with pytest.raises(StoreLostError, match=r"^Profiles: parcels.manifests:3: expected a pos"):
        resumed(SOURCE, 100, [(150, 150), (-1, -1)])


def test_advance_accepts_units_that_follow_each_other() -> None:
    positions = Positions()
    positions.resume(SOURCE, Resumed(100))
    positions.advance(SOURCE, 100, 130)
    positions.advance(SOURCE, 130, 131)


def test_advance_after_a_crash_accepts_the_same_unit_only() -> None:
    positions = Positions()
    for next_ in (149, 151):
        positions.resume(SOURCE, Resumed(100, next=150))
        with pytest.raises(PositionError, match=rf"to end at 150 as before, got {next_}$"):
            positions.advance(SOURCE, 100, next_)
    positions.advance(SOURCE, 100, 150)
    positions.advance(SOURCE, 150, 170)


def test_advance_when_behind_accepts_units_cut_where_shards_stand() -> None:
    positions = Positions()
    positions.resume(SOURCE, Resumed(100, behind=(70, 80)))
    with pytest.raises(PositionError, match=r"expected a unit up to 80 at most, got one up to 81$"):
        positions.advance(SOURCE, 70, 81)
    for start, next_ in ((70, 75), (75, 80), (80, 90), (90, 100), (100, 140)):
        positions.advance(SOURCE, start, next_)


def test_advance_when_behind_keeps_the_end_of_the_unit_after_it() -> None:
    positions = Positions()
    positions.resume(SOURCE, Resumed(100, next=150, behind=(70, 80)))
    positions.advance(SOURCE, 70, 80)
    positions.advance(SOURCE, 80, 100)
    with pytest.raises(PositionError, match=r"to end at 150 as before, got 140$"):
        positions.advance(SOURCE, 100, 140)


def test_advance_of_what_was_not_resumed_is_refused() -> None:
    positions = Positions()
    with pytest.raises(PositionError, match=r"expected it to be resumed first$"):
        positions.advance(SOURCE, 0, 1)
    positions.resume(SOURCE, Resumed(0))
    positions.forget(SOURCE)
    with pytest.raises(PositionError):
        positions.advance(SOURCE, 0, 1)


@pytest.mark.parametrize(
    ("reply", "kind", "text"),
    [
        ("GLLOST no position", StoreLostError, "manifests:3: expected a position in the store"),
        ("GLSESSION claimed", SessionError, "another worker has claimed it"),
        ("GLGAP 7", PositionError, "expected a unit from 7, got one from 10"),
        ("GLPAST 30", PositionError, "expected a unit from 30, got one from 10"),
        ("GLCUT 15", PositionError, "expected the unit from 10 to end at 15 as before, got 20"),
        ("ERR odd", StoreBrokenError, "unexpected answer of the store: ERR odd"),
    ],
)
def test_refusal_says_what_was_expected(reply: str, kind: type[ProfileError], text: str) -> None:
    error = refusal(SOURCE, 10, 20, ResponseError(reply))
    assert type(error) is kind
    assert str(error).startswith("Profiles: ")
    assert text in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("reply", "expected"), [("GLGAP 7", 7), ("GLPAST 30", 30), ("GLCUT 15", 15)]
)
def test_refusal_of_a_position_carries_where_to_go_on(reply: str, expected: int) -> None:
    error = refusal(SOURCE, 10, 20, ResponseError(reply))
    assert isinstance(error, PositionError)
    assert error.expected == expected
