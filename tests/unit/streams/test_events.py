"""What Greenlane writes can be CloudEvents; what a sender gave does not pass for them."""

from __future__ import annotations

from typing import Any

from confluent_kafka import Message

from schemas import alert
from schemas.codec import RecordError, decode_alert
from streams.announcing import alert_output
from streams.rejects import reject
from streams.settings import TopicSettings

TOPICS = TopicSettings(cloudevents_source="/greenlane")
ALERT = decode_alert(alert.EXAMPLE)
ERROR = RecordError("Expected `object`, got `str`")


def rejected(topics: TopicSettings, headers: Any = None) -> dict[str, Any]:
    message = Message(
        topic="parcels.manifests",
        partition=2,
        offset=7,
        value=b"{",
        headers=headers,
        timestamp=(1, 1_793_491_200_250),
    )
    return dict(reject(message, ERROR, topics).headers or [])


def events_of(headers: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in headers.items() if name.startswith("ce_")}


def test_alert_as_an_event_has_its_own_id_and_time() -> None:
    headers = dict(alert_output(TOPICS, "key", ALERT).headers or [])
    assert headers["content-type"] == b"application/json"
    assert events_of(headers) == {
        "ce_specversion": b"1.0",
        "ce_type": b"greenlane.alert.v1",
        "ce_source": b"/greenlane",
        "ce_id": b"parcels.orders:0:17",
        "ce_time": b"2026-11-01T08:00:05.000+00:00",
    }


def test_alert_without_events_has_no_headers() -> None:
    assert alert_output(TopicSettings(), "key", ALERT).headers is None


def test_reject_as_an_event_is_named_by_its_place_and_the_time_of_the_log() -> None:
    assert events_of(rejected(TOPICS)) == {
        "ce_specversion": b"1.0",
        "ce_type": b"greenlane.reject.v1",
        "ce_source": b"/greenlane",
        "ce_id": b"parcels.manifests:2:7",
        "ce_time": b"2026-11-01T00:00:00.250+00:00",
    }


def test_reject_of_an_event_keeps_the_senders_attributes_under_other_names() -> None:
    headers = rejected(TOPICS, [("ce_id", b"mine"), ("ce_subject", b"RR1"), ("a", b"1")])
    assert (headers["former.ce_id"], headers["former.ce_subject"]) == (b"mine", b"RR1")
    assert headers["ce_id"] == b"parcels.manifests:2:7"
    assert headers["a"] == b"1"
    assert "ce_subject" not in headers


def test_reject_without_events_keeps_the_senders_attributes_as_they_came() -> None:
    headers = rejected(TopicSettings(), [("ce_id", b"mine")])
    assert events_of(headers) == {"ce_id": b"mine"}
