"""Every record that Greenlane promises to others, with its version and an example."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from schemas import (
    alert,
    clearance,
    decision,
    example,
    held,
    lanes,
    ledger,
    manifest,
    order,
    outcome,
)


class Published(NamedTuple):
    """A record type, the version of its schema, and an example as it stands on a topic."""

    record: type[Any]
    version: int
    example: bytes


RECORDS: Final = {
    "manifest": Published(manifest.Manifest, manifest.SCHEMA_VERSION, manifest.EXAMPLE),
    "decision": Published(decision.Decision, decision.SCHEMA_VERSION, decision.EXAMPLE),
    "outcome": Published(outcome.InspectionOutcome, outcome.SCHEMA_VERSION, outcome.EXAMPLE),
    "order": Published(order.PlatformOrder, order.SCHEMA_VERSION, order.EXAMPLE),
    "example": Published(example.LabelledExample, example.SCHEMA_VERSION, example.EXAMPLE),
    "alert": Published(alert.Alert, alert.SCHEMA_VERSION, alert.EXAMPLE),
    "clearance": Published(clearance.ClearanceEvent, clearance.SCHEMA_VERSION, clearance.EXAMPLE),
    "lane-stats": Published(lanes.LaneStats, lanes.SCHEMA_VERSION, lanes.EXAMPLE),
    "held-stats": Published(held.HeldStats, held.SCHEMA_VERSION, held.EXAMPLE),
    "ledger-deltas": Published(ledger.LedgerDeltas, ledger.SCHEMA_VERSION, ledger.EXAMPLE_DELTAS),
    "ledger-entry": Published(ledger.LedgerEntry, ledger.SCHEMA_VERSION, ledger.EXAMPLE),
}


def package_of(name: str) -> str:
    """Return a record's package in other languages; another version has another one.

    >>> package_of("ledger-entry")
    'greenlane.ledger_entry.v1'
    """
    return f"greenlane.{name.replace('-', '_')}.v{RECORDS[name].version}"
