"""JSON Schema (2020-12) of every record, made from the record types."""

from __future__ import annotations

from typing import Any

import msgspec

from schemas.alert import Alert
from schemas.clearance import ClearanceEvent
from schemas.decision import Decision
from schemas.example import LabelledExample
from schemas.held import HeldStats
from schemas.lanes import LaneStats
from schemas.ledger import LedgerDeltas, LedgerEntry
from schemas.manifest import Manifest
from schemas.order import PlatformOrder
from schemas.outcome import InspectionOutcome

RECORDS = {
    "manifest": Manifest,
    "decision": Decision,
    "outcome": InspectionOutcome,
    "order": PlatformOrder,
    "example": LabelledExample,
    "alert": Alert,
    "clearance": ClearanceEvent,
    "held-stats": HeldStats,
    "lane-stats": LaneStats,
    "ledger-deltas": LedgerDeltas,
    "ledger-entry": LedgerEntry,
}


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of the record called `name`; raise `KeyError` for an unknown one.

    >>> json_schema("outcome")["$ref"]
    '#/$defs/InspectionOutcome'
    """
    schema = msgspec.json.schema(RECORDS[name])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
