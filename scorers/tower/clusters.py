"""Clusters of sellers, consignees and addresses that keep meeting, over the last seven days.

Split consignments are several parcels of one seller to one consignee or address within a day, each
below a threshold that they exceed together. A ring is a cluster in which one address or seller has
many consignees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final, NamedTuple

from schemas import alert
from schemas.alert import Alert
from schemas.held import Ties
from scorers.tower.episodes import Episodes

DAY: Final = 86_400
KEEP_SECONDS: Final = 7 * DAY
MOST_TIES: Final = 200_000
"""Ties that are remembered; of more, the oldest are forgotten before their time."""

_MOST_AT_HUB: Final = 300
"""Ties of one address or pair; a depot has any number of them."""

_SPLIT_PARCELS: Final = 3
_SPLIT_CENTS: Final = 15_000
_RING_CONSIGNEES: Final = 8
_LAST_SECONDS: Final = DAY


class Tie(NamedTuple):
    """A held parcel: who sent it to whom and where (hashes, empty if not known), in cents."""

    held: int
    item: str
    seller: str
    consignee: str
    address: str
    cents: int


@dataclass
class _Hub:
    """What meets at one end of ties."""

    ties: dict[str, Tie] = field(default_factory=dict)


def ties_of(ties: Ties) -> Iterator[Tie]:
    """Yield the ties of a record."""
    columns = (ties.held, ties.items, ties.sellers, ties.consignees, ties.addresses, ties.cents)
    return map(Tie._make, zip(*columns, strict=True))


class ClusterBook:
    """Ties of a week in the order they came, and an index of them by seller and address.

    >>> book = ClusterBook()
    >>> ties = [Tie(n, f"item-{n}", "s", f"c-{n % 2}", "a", 6_000) for n in range(3)]
    >>> [alert.kind for tie in ties for alert in book.add(tie)]
    ['split-consignments']
    """

    def __init__(self, most: int = MOST_TIES) -> None:
        self._ties: dict[str, Tie] = {}
        self._hubs: dict[str, _Hub] = {}
        self._most = most
        self.newest = 0
        self._episodes = Episodes()

    def __len__(self) -> int:
        return len(self._ties)

    def add(self, tie: Tie) -> list[Alert]:
        """Remember a tie, once; return what it completes."""
        if not tie.address or tie.item in self._ties:
            return []
        self._ties[tie.item] = tie
        self.newest = max(self.newest, tie.held)
        for hub in _hubs(tie):
            ties = self._hubs.setdefault(hub, _Hub()).ties
            ties[tie.item] = tie
            if len(ties) > _MOST_AT_HUB:
                del ties[next(iter(ties))]
        self._forget(tie.held)
        return [one for one in (self._split(tie), self._ring(tie)) if one is not None]

    def _split(self, tie: Tie) -> Alert | None:
        """Tell of parcels of a seller to an address that are worth more than the limit in a day."""
        if not tie.seller:
            return None
        near = [
            one
            for one in self._hubs[f"sent:{tie.seller}:{tie.address}"].ties.values()
            if abs(one.held - tie.held) <= DAY
        ]
        dear = sum(one.cents for one in near)
        single = max(one.cents for one in near)
        if len(near) < _SPLIT_PARCELS or dear <= _SPLIT_CENTS or single > _SPLIT_CENTS:
            return None
        return self._told(f"sent:{tie.seller}:{tie.address}", tie.held, near)

    def _ring(self, tie: Tie) -> Alert | None:
        """Tell of an address at which many consignees receive what is held."""
        ties = list(self._hubs[f"at:{tie.address}"].ties.values())
        if len({one.consignee for one in ties}) < _RING_CONSIGNEES:
            return None
        return self._told(f"at:{tie.address}", tie.held, ties)

    def _told(self, hub: str, now: int, ties: list[Tie]) -> Alert | None:
        began = self._episodes.note(("split-consignments", hub), now)
        if began is None:
            return None
        consignees = len({one.consignee for one in ties})
        sellers = Counter(one.seller for one in ties if one.seller)
        name = blake2b(f"{hub} {began}".encode(), digest_size=12).hexdigest()
        return Alert(
            schema_version=alert.SCHEMA_VERSION,
            alert_id=name,
            kind="split-consignments",
            about=hub,
            raised_at=datetime.fromtimestamp(now, UTC),
            text=f"{len(ties)} held parcels at one address, sellers: {len(sellers)}, consignees: "
            f"{consignees}, worth {sum(one.cents for one in ties) / 100:,.2f} together",
            details={
                "parcels": len(ties),
                "consignees": consignees,
                "sellers": len(sellers),
                "cents": sum(one.cents for one in ties),
                "items": [one.item for one in ties[-20:]],
            },
            expires_at=datetime.fromtimestamp(now + _LAST_SECONDS, UTC),
        )

    def _forget(self, now: int) -> None:
        """Drop the ties that are too old, and the oldest ones where there are too many."""
        while self._ties:
            item, tie = next(iter(self._ties.items()))
            if tie.held >= now - KEEP_SECONDS and len(self._ties) <= self._most:
                return
            del self._ties[item]
            for hub in _hubs(tie):
                ties = self._hubs[hub].ties if hub in self._hubs else {}
                ties.pop(item, None)
                if not ties:
                    self._hubs.pop(hub, None)


def _hubs(tie: Tie) -> tuple[str, ...]:
    sent = (f"sent:{tie.seller}:{tie.address}",) if tie.seller else ()
    return (f"at:{tie.address}", *sent)
