"""CloudEvents headers of what Greenlane writes, in Kafka's binary mode, if they are wanted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from schemas.deadletter import FORMER, Header

Headers = list[Header]

_PREFIX: Final = "ce_"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def event_headers(source: str | None, kind: str, identity: str, when: datetime) -> Headers:
    """Return the attributes of an event; none if there is no `source`.

    >>> when = datetime(2026, 11, 1, tzinfo=UTC)
    >>> dict(event_headers("/greenlane", "greenlane.alert.v1", "spike:1", when))["ce_time"]
    b'2026-11-01T00:00:00.000+00:00'
    >>> event_headers(None, "greenlane.alert.v1", "spike:1", when)
    []
    """
    if not source:
        return []
    return [
        (f"{_PREFIX}specversion", b"1.0"),
        (f"{_PREFIX}type", kind.encode()),
        (f"{_PREFIX}source", source.encode()),
        (f"{_PREFIX}id", identity.encode()),
        (f"{_PREFIX}time", when.isoformat(timespec="milliseconds").encode()),
    ]


def moment(milliseconds: int) -> datetime:
    """Return the moment of a Unix time.

    >>> moment(1_793_491_200_250).isoformat()
    '2026-11-01T00:00:00.250000+00:00'
    """
    return _EPOCH + timedelta(milliseconds=milliseconds)


def without_event(headers: Headers) -> Headers:
    """Return headers with the attributes of another event under other names.

    >>> without_event([("ce_id", b"1"), ("traceparent", b"00")])
    [('former.ce_id', b'1'), ('traceparent', b'00')]
    """
    return [(FORMER + name if name.startswith(_PREFIX) else name, value) for name, value in headers]
