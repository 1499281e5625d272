"""What a comparison of the ledger leaves for a collector of metrics."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from streams.ledger.telling import tell

AT = datetime(2026, 11, 28, tzinfo=UTC)


def test_tell_writes_mismatches_and_when_they_were_found_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "ledger.prom"
    tell(file, "decisions", 3, lambda: AT)
    tell(file, "decisions", 0, lambda: AT)
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    found = dict(line.rsplit(" ", 1) for line in lines)
    assert float(found['greenlane_ledger_mismatches{against="decisions"}']) == 0
    when = found['greenlane_ledger_compared_timestamp_seconds{against="decisions"}']
    assert float(when) == AT.timestamp()
    assert all(line.startswith("greenlane_ledger_") for line in lines)
