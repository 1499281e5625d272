"""Instants that people type."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import typer


def instant(text: str | None, option: str) -> datetime | None:
    """Return the instant that an option names: with an offset, or a day's beginning in UTC.

    >>> instant("2026-11-01", "--from"), instant("2026-11-01T08:00+01:00", "--from").isoformat()
    (datetime.datetime(2026, 11, 1, 0, 0, tzinfo=datetime.timezone.utc), \
'2026-11-01T08:00:00+01:00')
    """
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    except ValueError:
        return _moment(text, option)


def _moment(text: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        expected = "a day (2026-11-01) or an instant with an offset (2026-11-01T08:00:00Z)"
        raise typer.BadParameter(f"{option}: expected {expected}, got {text!r}")
    return moment
