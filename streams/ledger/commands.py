"""`greenlane ledger`: export, compare, audit, correct."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

from schemas.reference.loading import load_reference
from streams.ledger.comparing import Mismatch, mismatches
from streams.ledger.deciding import decided_rows, declared_numbers
from streams.ledger.reading import read_all, read_entries
from streams.ledger.rows import Rows, read_rows, rows_of, write_rows
from streams.settings import Settings, load_settings


def export(month: str, out: Path | None) -> int:
    """Write a month's ledger as CSV, to standard output if `out` is None; return the lines."""
    rows = rows_of(read_entries(load_settings()), month)
    with ExitStack() as stack:
        if out is None:
            write_rows(rows, sys.stdout)
        else:
            write_rows(rows, stack.enter_context(out.open("w", newline="", encoding="utf-8")))
    return len(rows)


def compare(file: Path) -> list[Mismatch]:
    """Return what differs between a return and the ledger, in the months of the return."""
    stated = read_rows(file)
    entries = read_entries(load_settings())
    ledger: Rows = {}
    for month in sorted({key.month for key in stated}):
        numbers = {key.ioss for key in stated if key.month == month}
        rows = rows_of(entries, month)
        ledger |= {key: amounts for key, amounts in rows.items() if key.ioss in numbers}
    counted = any(amounts.parcels for amounts in stated.values())
    return mismatches(ledger, stated, count=counted)


def audit(month: str) -> tuple[Rows, list[Mismatch]]:
    """Return a month's supplies by the ledger, and where the decisions say otherwise."""
    settings = load_settings()
    return audited(settings, month)


def audited(settings: Settings, month: str) -> tuple[Rows, list[Mismatch]]:
    """Return a month's supplies by the ledger, and where the decisions say otherwise."""
    topics = settings.topics
    folder = settings.policy.reference
    declared = declared_numbers(read_all(settings, [topics.manifests]))
    values = (one.value() for one in read_all(settings, [topics.hold, topics.clear]))
    reference = load_reference(Path(folder) if folder else None)
    decided = decided_rows((one for one in values if one), declared, reference)
    rows = rows_of(read_entries(settings), month)
    supplies = {key: amounts for key, amounts in rows.items() if not key.corrects}
    return supplies, mismatches(supplies, decided.get(month, {}))
