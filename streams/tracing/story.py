"""What happened to a parcel, in order: manifest, decision, clearance events, outcome, alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from confluent_kafka import Message

from schemas.alert import Alert
from schemas.clearance import ClearanceEvent
from schemas.codec import (
    RecordError,
    decode_alert,
    decode_clearance,
    decode_decision,
    decode_manifest,
    decode_outcome,
)
from schemas.decision import Decision
from schemas.manifest import Manifest
from schemas.outcome import InspectionOutcome
from streams.kafka.records import coordinates
from streams.settings import TopicSettings

_MILLISECONDS: Final = 1000


class Chapter(NamedTuple):
    """Something that happened to a parcel: when, what, and where that is written."""

    at: datetime
    what: str
    text: str
    read_at: str


def chapters(messages: Iterable[Message], topics: TopicSettings) -> list[Chapter]:
    """Return what messages about one parcel tell, in the order in which it happened."""
    tellers: dict[str, Callable[[bytes | None], tuple[datetime | None, str, str]]] = {
        topics.manifests: lambda value: _manifest(decode_manifest(value)),
        topics.hold: lambda value: _decision(decode_decision(value)),
        topics.clear: lambda value: _decision(decode_decision(value)),
        topics.outcomes: lambda value: _outcome(decode_outcome(value)),
        topics.clearance: lambda value: _event(decode_clearance(value)),
        topics.alerts: lambda value: _alert(decode_alert(value)),
    }
    found = []
    for message in messages:
        topic, partition, offset = coordinates(message)
        try:
            at, what, text = tellers[topic](message.value())
        except RecordError as error:
            at, what, text = None, "unreadable", str(error)
        moment = at or datetime.fromtimestamp(message.timestamp()[1] / _MILLISECONDS, UTC)
        found.append(Chapter(moment, what, text, f"{topic}:{partition}:{offset}"))
    return sorted(found, key=lambda one: (one.at, one.read_at))


def _manifest(one: Manifest) -> tuple[datetime, str, str]:
    goods = ", ".join(item.hs_code for item in one.items[:3])
    where = f"{one.origin_post_country} to {one.destination_country}"
    text = f"{where}, {one.total_value:,.2f} {one.currency}, {goods}, by {one.platform_id}"
    return one.submitted_at, "manifest", text


def _decision(one: Decision) -> tuple[None, str, str]:
    why = "; ".join(reason.text for reason in one.reasons[:3])
    text = f"{one.arm}, chance {one.probability:.0%}{': ' if why else ''}{why}"
    return None, one.action, text


def _outcome(one: InspectionOutcome) -> tuple[datetime, str, str]:
    found = ", ".join(one.violations)
    return one.inspected_at, "outcome", f"{one.result}{': ' if found else ''}{found}"


def _event(one: ClearanceEvent) -> tuple[datetime, str, str]:
    return one.at, one.stage, one.office


def _alert(one: Alert) -> tuple[datetime, str, str]:
    return one.raised_at, one.kind, one.text
