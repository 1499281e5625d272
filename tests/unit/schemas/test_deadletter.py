"""Headers of a rejected record (KIP-298 names)."""

from __future__ import annotations

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


def test_headers_of_a_second_rejection_keep_the_first_one() -> None:
    first = LETTER.headers([])
    second = DeadLetter("parcels.rejected", 0, 7, "again", "E", "TASK_PUT").headers(first)
    assert second == first


def test_headers_that_exist_without_a_value_are_not_overwritten() -> None:
    headers = LETTER.headers([("__connect.errors.offset", None)])
    assert [value for name, value in headers if name == "__connect.errors.offset"] == [None]
    assert len(headers) == len(OURS)


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
def test_headers_on_top_of_any_others_only_add_names_that_are_missing(
    existing: list[Header],
) -> None:
    headers = LETTER.headers(existing)
    added = headers[len(existing) :]
    assert headers[: len(existing)] == existing
    assert {name for name, _ in added} == OURS.keys() - {name for name, _ in existing}
    assert all(OURS[name] == value for name, value in added)
