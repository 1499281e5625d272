"""The month's lines made anew from the decisions themselves, to hold the ledger against."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from confluent_kafka import Message

from schemas.codec import RecordError, decode_decision, decode_manifest
from schemas.decision import Decision
from schemas.reference.loading import Reference
from scorers.instants import instant_of
from streams.kafka.records import coordinates
from streams.ledger.rows import DIGITS, SUPPLY, Amounts, RowKey, Rows

Declared = dict[str, tuple[str, str]]
"""IOSS number and month of manifests, by decision id."""


def declared_numbers(manifests: Iterable[Message]) -> Declared:
    """Return the number and month of the manifests that name one."""
    declared: Declared = {}
    for message in manifests:
        try:
            manifest = decode_manifest(message.value())
        except RecordError:
            continue  # It was rejected, and is in no decision.
        if manifest.ioss:
            topic, partition, offset = coordinates(message)
            month = f"{instant_of(manifest.submitted_at.timestamp()):%Y-%m}"
            declared[f"{topic}:{partition}:{offset}"] = (manifest.ioss, month)
    return declared


def decided_rows(
    decisions: Iterable[bytes], declared: Declared, reference: Reference
) -> dict[str, Rows]:
    """Return the lines of all months that decisions give."""
    members = {one.code for one in reference.territories if one.member_of == "EU"}
    months: dict[str, Rows] = {}
    for value in decisions:
        decision = decode_decision(value)
        if decision.decision_id not in declared or decision.destination_country not in members:
            continue
        amounts = _amounts(decision)
        if amounts is None:
            continue
        ioss, month = declared[decision.decision_id]
        currency = decision.assessment.currency if decision.assessment else ""
        key = RowKey(ioss, month, SUPPLY, "", decision.destination_country, currency)
        rows = months.setdefault(month, {})
        before = rows.get(key, Amounts(0, 0, 0))
        rows[key] = Amounts(*map(sum, zip(before, amounts, strict=True)))
    return months


def _amounts(decision: Decision) -> Amounts | None:
    """Return what a decision adds; None if IOSS does not cover it or it was not assessed."""
    owed = decision.assessment
    if owed is None or owed.above_limit or owed.value is None or owed.vat is None:
        return None
    return Amounts(1, _minor(owed.value), _minor(owed.vat))


def _minor(amount: float) -> int:
    # The shortest decimal number that reads as this float is the one that was written.
    return int(Decimal(str(amount)).scaleb(DIGITS).to_integral_value(ROUND_HALF_EVEN))
