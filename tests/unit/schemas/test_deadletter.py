"""Headers of a rejected record (KIP-298 names)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.deadletter import DeadLetter, Header
from tests.factories import PROPERTY

LETTER = DeadLetter("parcels.manifests", 3, 1042, "Expected `int`, got `str` - at `$.x`")

OURS = {
    "__connect.errors.topic": b"parcels.manifests",
    "__connect.errors.partition": b"3",
    "__connect.errors.offset": b"1042",
    "__connect.errors.stage": b"VALUE_CONVERTER",
    "__connect.errors.class.name": b"greenlane.worker",
    "__connect.errors.exception.class.name": b"schemas.codec.RecordError",
    "__connect.errors.exception.message": b"Expected `int`, got `str` - at `$.x`",
}


def test_headers_of_a_first_rejection_say_where_and_why() -> None:
    assert dict(LETTER.headers([])) == OURS


def test_headers_keep_what_is_there_in_front_and_in_order() -> None:
    existing: list[Header] = [("trace", b"1"), ("trace", b"2"), ("tenant", None)]
    headers = LETTER.headers(existing)
    assert headers[:3] == existing
    assert dict(headers[3:]) == OURS


def test_headers_of_a_second_rejection_keep_the_first_one_under_other_names() -> None:
    first = LETTER.headers([])
    second = DeadLetter("parcels.rejected", 0, 7, "again", "E", "TASK_PUT").headers(first)
    assert second[: len(first)] == [(f"former.{name}", value) for name, value in first]
    assert dict(second)["__connect.errors.topic"] == b"parcels.rejected"


@pytest.mark.parametrize("forged", [None, b"", b"8"])
def test_headers_that_a_sender_forges_do_not_hide_where_the_record_was(
    forged: bytes | None,
) -> None:
    headers = LETTER.headers([("__connect.errors.offset", forged)])
    offsets = [value for name, value in headers if name == "__connect.errors.offset"]
    assert offsets == [OURS["__connect.errors.offset"]]
    assert headers[0] == ("former.__connect.errors.offset", forged)


def test_headers_leave_the_list_given_unchanged() -> None:
    existing: list[Header] = [("trace", b"1")]
    LETTER.headers(existing)
    assert existing == [("trace", b"1")]


def test_headers_of_a_message_beyond_ascii_are_utf_8() -> None:
    headers = dict(DeadLetter("t", 0, 0, "got 'Straße 手'").headers([]))
    assert headers["__connect.errors.exception.message"] == "got 'Straße 手'".encode()


@given(
    st.lists(
        st.tuples(st.sampled_from(["trace", *OURS]), st.none() | st.binary(max_size=8)),
        max_size=10,
    )
)
@PROPERTY
def test_headers_on_top_of_any_others_are_all_ours_and_lose_none(existing: list[Header]) -> None:
    headers = LETTER.headers(existing)
    assert [value for _, value in headers[: len(existing)]] == [value for _, value in existing]
    assert dict(headers[len(existing) :]) == OURS
    assert OURS.keys().isdisjoint(name for name, _ in headers[: len(existing)])
