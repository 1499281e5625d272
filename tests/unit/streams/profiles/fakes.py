"""Records as consumers give them, and a store that keeps positions and answers as the real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from confluent_kafka import Message

from schemas.codec import encode
from schemas.order import PlatformOrder
from scorers.profiles import (
    PositionError,
    Resumed,
    SessionError,
    Source,
)
from scorers.profiles.positions import lost, resumed

TOPIC = "parcels.manifests"
SOURCE = Source(TOPIC, 0)


def make_message(value: bytes, offset: int, partition: int = 0, topic: str = TOPIC) -> Message:
    """Return a record as a consumer gives it, logged on 2026-11-01."""
    return Message(
        topic=topic,
        partition=partition,
        offset=offset,
        value=value,
        timestamp=(1, 1_793_491_200_000),
    )


@dataclass
class Server:
    """What all sessions share: for each source where it stands, whose it is, and kept answers."""

    guards: dict[Source, int] = field(default_factory=dict)
    owners: dict[Source, str] = field(default_factory=dict)
    journals: dict[Source, dict[int, int]] = field(default_factory=dict)
    applied: list[int] = field(default_factory=list)


class Session:
    """One worker's way into the server."""

    def __init__(self, server: Server, name: str) -> None:
        self._server = server
        self._name = name

    def resume(self, source: Source, position: int, *, begin: bool = False) -> Resumed:
        """Claim a source."""
        server = self._server
        stood = server.guards.get(source, -1)
        found = resumed(
            source, position, [(stood, server.journals.get(source, {}).get(position, -1))]
        )
        if stood < 0 and not begin:
            raise lost(source)
        server.guards.setdefault(source, position)
        server.owners[source] = self._name
        return found

    def visit(self, pieces: Sequence[tuple[Source, int, int]], committed: int) -> None:
        """Apply pieces, or answer those that were applied before as they were."""
        for piece in pieces:
            self._visit(*piece, committed)

    def apply(self, source: Source, cuts: Sequence[int]) -> None:
        """Apply what lies between the cuts."""
        server = self._server
        assert server.guards[source] == cuts[0]
        server.applied += range(cuts[0], cuts[-1])
        server.guards[source] = cuts[-1]

    def _visit(self, source: Source, start: int, end: int, committed: int) -> None:
        server = self._server
        guard, journal = server.guards[source], server.journals.setdefault(source, {})
        if server.owners[source] != self._name:
            raise SessionError(f"{source}: another worker has claimed it")
        if start > guard or (start < guard and journal.get(start) != end):
            raise PositionError(f"{source}: [{start}, {end}) at {guard}", guard)
        if start == guard:
            for former in [one for one in journal if one < committed]:
                del journal[former]
            server.applied += range(start, end)
            server.guards[source], journal[start] = end, end


def make_order(**changes: Any) -> bytes:
    """Return an order record with `changes`."""
    order = PlatformOrder(
        schema_version=1,
        platform_id="platform-a",
        order_id="o-1",
        ordered_at=datetime(2026, 11, 1, tzinfo=UTC),
        seller_id="seller-1",
        price_paid=20.0,
        currency="EUR",
        listing_title="cotton t-shirt",
    )
    return encode(msgspec.structs.replace(order, **changes))
