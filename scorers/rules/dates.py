"""Effective dates of rules: instants with an offset, or days of a named time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from scorers.rules.documents import Entries, text_of
from scorers.rules.problems import Scope
from scorers.rules.rule import Validity

_INSTANT: Final = "an instant with an offset, or a day where the file has a time_zone"


def zone_of(node: yaml.Node, scope: Scope) -> ZoneInfo | None:
    """Return the IANA time zone named at `node`; note what names none."""
    expected = "an IANA time zone like Europe/Berlin"
    name = text_of(node, scope, expected)
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # Names of folders and paths are refused by other errors than unknown names.
        scope.refuse(node, expected)
        return None


def validity_of(found: Entries, scope: Scope, zone: ZoneInfo | None) -> Validity | None:
    """Return when a rule is in force: from `valid_from` to `valid_to`, which may be left out.

    A day as `valid_to` is the last one in force; an instant is the first one out of force.
    """
    if "valid_from" not in found:
        return None
    first, last = found["valid_from"][1], found.get("valid_to", (None, None))[1]
    start = _instant(first, scope.inside("valid_from"), zone, last_day=False)
    if last is None:
        return None if start is None else Validity(start)
    end = _instant(last, scope.inside("valid_to"), zone, last_day=True)
    if start is None or end is None:
        return None
    if end <= start:
        scope.inside("valid_to").refuse(last, f"later than valid_from ({start.isoformat()})")
        return None
    return Validity(start, end)


def _instant(
    node: yaml.Node, scope: Scope, zone: ZoneInfo | None, *, last_day: bool
) -> datetime | None:
    text = text_of(node, scope, _INSTANT)
    if text is None:
        return None
    day = _day(text)
    instant = _moment(text) if day is None else _start_of(day, zone, last_day=last_day)
    if instant is None:
        scope.refuse(node, _INSTANT)
    return instant


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _start_of(day: date, zone: ZoneInfo | None, *, last_day: bool) -> datetime | None:
    """Return the first moment of a day, or of the day after a last one."""
    if zone is None or day == date.max:
        return None
    return datetime.combine(day + timedelta(days=last_day), time(), tzinfo=zone)
