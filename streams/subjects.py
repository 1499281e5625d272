"""What labels are about: the few fields of a decision that an example needs."""

from __future__ import annotations

from typing import Final

from msgspec import Raw, Struct

from schemas import decision
from schemas.codec import Codec, RecordError, encode
from schemas.decision import Decision
from schemas.types import (
    Action,
    Arm,
    Identifier,
    Instant,
    OptionalIdentifier,
    Probability,
    SchemaVersion,
)

_OBJECT: Final = b"{"


class Subject(Struct, frozen=True, gc=False, omit_defaults=True):
    """A decision as the join step needs it. It reads decisions, and what it writes itself.

    `features` stay the JSON that they are: nothing here looks into them.
    """

    schema_version: SchemaVersion
    decision_id: Identifier
    item_id: Identifier
    action: Action
    arm: Arm
    probability: Probability
    propensity: Probability
    features: Raw
    office_of_entry: OptionalIdentifier = ""
    submitted_at: Instant | None = None


_decode = Codec(Subject, decision.SCHEMA_VERSION).decode


def decode_subject(raw: bytes | None) -> Subject:
    """Return what a decision with features is about; raise `RecordError` if it breaks the contract.

    >>> decode_subject(decision.EXAMPLE)
    Traceback (most recent call last):
        ...
    schemas.codec.RecordError: Expected field `features`, got none - at `$`
    """
    found = _decode(raw)
    if bytes(memoryview(found.features)[:1]) != _OBJECT:
        raise RecordError("Expected an object, got another", "$.features")
    return found


def subject_of(found: Decision, features: object) -> Subject:
    """Return a decision with features that were found apart from it."""
    return Subject(
        found.schema_version,
        found.decision_id,
        found.item_id,
        found.action,
        found.arm,
        found.probability,
        found.propensity,
        Raw(encode(features)),
        found.office_of_entry,
        found.submitted_at,
    )
