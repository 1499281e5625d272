"""What the tower reads of holds, outcomes and clearance events: a few fields of each."""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypeVar

import msgspec
from confluent_kafka import Message

from schemas.codec import RecordError
from schemas.decision import Reason

_COLUMNS: Final = {
    "seller": "seller_id",
    "platform": "platform_id",
    "consignee": "consignee.id",
    "street": "consignee.street",
    "postcode": "consignee.postcode",
    "carrier": "operator_id",
    "hs_code": "main.hs_code",
    "origin": "main.origin",
    "value": "total_value",
}


class Features(msgspec.Struct, rename=_COLUMNS, frozen=True):
    """Features of a hold that the tower needs; a spec may lack some."""

    seller: str = ""
    platform: str = ""
    consignee: str = ""
    street: str = ""
    postcode: str = ""
    carrier: str = ""
    hs_code: str = ""
    origin: str = ""
    value: float | None = None

    def __repr__(self) -> str:
        """Show nothing: features hold identifiers of persons."""
        return "Features()"


class Hold(msgspec.Struct, frozen=True):
    """A held decision."""

    decision_id: str
    item_id: str
    arm: str
    probability: float
    reasons: tuple[Reason, ...]
    destination_country: str
    office_of_entry: str = ""
    submitted_at: datetime | None = None
    features: Features = Features()

    @property
    def lane(self) -> str:
        """Its lane as a series."""
        parts = (self.features.hs_code[:4], self.features.origin, self.destination_country)
        return ":".join(("lane", *parts))[:64]


class Outcome(msgspec.Struct, frozen=True):
    """An inspection's outcome."""

    decision_id: str
    item_id: str
    inspected_at: datetime


class Event(msgspec.Struct, frozen=True):
    """A clearance event."""

    decision_id: str
    item_id: str
    stage: str
    at: datetime


Record = TypeVar("Record")

_hold: Final = msgspec.json.Decoder(Hold)
_outcome: Final = msgspec.json.Decoder(Outcome)
_event: Final = msgspec.json.Decoder(Event)


def hold_of(message: Message) -> Hold:
    """Return a hold; raise `RecordError` if it cannot be read."""
    return _read(_hold, message)


def outcome_of(message: Message) -> Outcome:
    """Return an outcome; raise `RecordError` if it cannot be read."""
    return _read(_outcome, message)


def event_of(message: Message) -> Event:
    """Return a clearance event; raise `RecordError` if it cannot be read."""
    return _read(_event, message)


def _read(decoder: msgspec.json.Decoder[Record], message: Message) -> Record:
    try:
        return decoder.decode(message.value() or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecordError(str(error)) from None
