"""The command that checks reference data: duty and tax regimes, rates, currencies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from schemas.reference.errors import ReferenceDataError
from schemas.reference.loading import Reference, load_reference
from schemas.reference.records import Regime
from streams.policy_commands.printing import Report, Table, refusal

_COLUMNS = ("code", "destination", "valid_from", "valid_to", "status", "doubtful", "source")


def check(folder: Path) -> Report:
    """Say what is wrong with reference data, or what it has and what of it is not confirmed."""
    try:
        reference = load_reference(folder)
    except ReferenceDataError as error:
        found = [
            {"file": one.file, "line": one.line, "problem": one.problem} for one in error.problems
        ]
        return refusal(error.problems, found)
    doubtful = [regime for regime in reference.regimes if _is_doubtful(regime)]
    value = {
        "version": reference.version,
        "regimes": len(reference.regimes),
        "in_force": len(reference.in_force),
        "to_confirm": [dict(zip(_COLUMNS, _row(one), strict=True)) for one in doubtful],
    }
    return Report([*_told(reference, doubtful)], value)


def _told(reference: Reference, doubtful: list[Regime]) -> Iterator[str | Table]:
    yield (
        f"{len(reference.territories)} destinations, {len(reference.regimes)} regimes, "
        f"{len(reference.vat_rates)} tax rates, {len(reference.duty_rates)} duty rates; "
        f"version {reference.version}"
    )
    if doubtful:
        yield "not confirmed (off), or confirmed but for some fields:"
        yield Table(_COLUMNS, [_row(regime) for regime in doubtful])


def _is_doubtful(regime: Regime) -> bool:
    return regime.status != "confirmed" or bool(regime.doubtful)


def _row(regime: Regime) -> tuple[str, ...]:
    days = ("" if day is None else day.isoformat() for day in (regime.valid_from, regime.valid_to))
    return (
        regime.code,
        regime.destination,
        *days,
        regime.status,
        ", ".join(regime.doubtful),
        regime.source,
    )
