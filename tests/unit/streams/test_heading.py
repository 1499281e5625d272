"""Headers of decisions: traces go on, CloudEvents only where they are wanted."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest
from confluent_kafka import Message

from schemas import manifest
from scorers.policybook import PolicyBook, share_plan
from scorers.profiles import Source
from streams.heading import Headings, trace_of
from streams.kafka.batch import Batch, Span
from streams.settings import SettingsError, load_settings
from streams.worker import build_handler

TOPIC = "parcels.manifests"
PARENT = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
STATE = ("tracestate", b"rojo=00f067aa0ba902b7")
LOGGED_MS = 1_793_491_200_250


def message(offset: int, headers: Any = None, value: bytes = manifest.EXAMPLE) -> Message:
    return Message(
        topic=TOPIC,
        partition=2,
        offset=offset,
        value=value,
        headers=headers,
        timestamp=(1, LOGGED_MS),
    )


def headers_of(messages: list[Message], source: str = "") -> list[Any]:
    places = [(TOPIC, 2, one.offset() or 0) for one in messages]
    made = Headings(source).of(messages, places, np.full(len(messages), LOGGED_MS))
    return list(islice(made, len(messages)))


@pytest.mark.parametrize(
    ("came", "goes"),
    [
        ([PARENT], [PARENT]),
        ([STATE, ("a", b"1"), PARENT], [PARENT, STATE]),
        ([STATE], None),
        ([("traceparent", None)], None),
        ([("traceparent", b"00-0af7")], None),
        ([("traceparent", PARENT[1] + b"\n")], None),
        ([PARENT, ("tracestate", b"x" * 513)], [PARENT]),
        ([("ce_id", b"1")], None),
        (None, None),
    ],
)
def test_trace_of_headers_is_a_whole_trace_or_none(came: Any, goes: Any) -> None:
    assert trace_of(came) == goes


def test_headers_without_traces_or_events_are_none() -> None:
    assert headers_of([message(4), message(5)]) == [None, None]


def test_headers_of_a_batch_with_one_trace_are_that_on_its_own_decision() -> None:
    assert headers_of([message(4), message(5, [PARENT]), message(6)]) == [None, [PARENT], None]


def test_headers_of_events_name_the_decision_and_the_time_of_the_log() -> None:
    (made, traced) = headers_of([message(4), message(5, [PARENT])], "/greenlane")
    assert dict(made) == {
        "content-type": b"application/json",
        "ce_specversion": b"1.0",
        "ce_type": b"greenlane.decision.v1",
        "ce_source": b"/greenlane",
        "ce_id": b"parcels.manifests:2:4",
        "ce_time": b"2026-11-01T00:00:00.250+00:00",
    }
    assert PARENT in traced


def test_handler_puts_the_trace_on_decision_and_reject() -> None:
    settings = load_settings({"profiles.mode": "off", "topics.cloudevents_source": "/x"})
    handler = build_handler(settings, PolicyBook(share_plan(0.03, 0.005)))
    messages = [message(0, [PARENT, ("ce_id", b"mine")]), message(1, [PARENT], b"{}")]
    outputs = handler(Batch(messages, {Source(TOPIC, 2): Span(0, 2, begins=True)}))
    by_topic = {one.topic: dict(one.headers or []) for one in outputs}
    (decided,) = by_topic.keys() & {"parcels.hold", "parcels.clear"}
    assert by_topic[decided]["ce_id"] == b"parcels.manifests:2:0"
    assert by_topic[decided]["traceparent"] == PARENT[1]
    assert by_topic["parcels.rejected"]["traceparent"] == PARENT[1]


def test_source_of_events_with_a_space_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"topics\.cloudevents_source"):
        load_settings({"topics.cloudevents_source": "a b"})
