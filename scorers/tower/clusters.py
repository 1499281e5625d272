"""Clusters of sellers, consignees and addresses that keep meeting, over the last seven days.

Split consignments are several parcels of one seller to one address within a day, each below a
threshold that they exceed together. A ring is an address with many consignees, or many consignees
at several addresses that are linked more closely, by each other and by sellers, than by chance.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

from schemas import alert
from schemas.alert import Alert
from schemas.held import Ties
from scorers.tower.episodes import Episodes
from scorers.tower.links import Group, Links, Relinking, Tie

DAY: Final = 86_400
KEEP_SECONDS: Final = 7 * DAY
MOST_TIES: Final = 200_000
"""Ties that are remembered; of more, the oldest are forgotten before their time."""

_MOST_AT_HUB: Final = 300
"""Ties of one address or pair; a depot has any number of them."""

_SPLIT_PARCELS: Final = 3
_SPLIT_CENTS: Final = 15_000
_RING_CONSIGNEES: Final = 8
_RING_ADDRESSES: Final = 20
_RING_LOOPS: Final = 6
"""Further links within a cluster of several addresses, where a tree has none. What is larger, or
looser, has come together by chance."""

_STEPS: Final = 4_000
"""Of making links anew, at a time: ten milliseconds."""

_LAST_SECONDS: Final = DAY


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
        self._ties: deque[Tie] = deque()
        self._items: set[str] = set()
        self._hubs: dict[str, list[Tie]] = {}
        self._links = Links()
        self._relinking: Relinking | None = None
        self._most = most
        self._forgotten = 0
        self._linked = 0
        self.newest = 0
        self._episodes = Episodes()

    def __len__(self) -> int:
        return len(self._ties)

    def add(self, tie: Tie) -> list[Alert]:
        """Remember a tie, once; return what it completes."""
        if not tie.address or tie.item in self._items:
            return []
        self._ties.append(tie)
        self._items.add(tie.item)
        self.newest = max(self.newest, tie.held)
        for hub in _hubs(tie):
            ties = self._hubs.setdefault(hub, [])
            ties.append(tie)
            if len(ties) > _MOST_AT_HUB:
                del ties[0]
        self._links.add(tie)
        if self._relinking is not None:
            self._relinking.add(tie)
        self._forget(tie.held)
        told = (self._split(tie), self._crowd(tie), self._ring(tie))
        return [one for one in told if one is not None]

    def relink(self, most: int = _STEPS) -> None:
        """Go on with making links anew, if they are, by so many steps."""
        links = None if self._relinking is None else self._relinking.go_on(most)
        if links is not None:
            self._links, self._relinking = links, None

    def _split(self, tie: Tie) -> Alert | None:
        """Tell of parcels of a seller to an address that are worth more than the limit in a day."""
        hub = f"sent:{tie.seller}:{tie.address}"
        ties = self._hubs.get(hub, ())
        if len(ties) < _SPLIT_PARCELS:
            return None
        near = [one for one in ties if abs(one.held - tie.held) <= DAY]
        cents = [one.cents for one in near]
        if len(near) < _SPLIT_PARCELS or sum(cents) <= _SPLIT_CENTS or max(cents) > _SPLIT_CENTS:
            return None
        return self._told(hub, tie.held, near)

    def _crowd(self, tie: Tie) -> Alert | None:
        """Tell of an address at which many consignees receive what is held."""
        ties = self._hubs[f"at:{tie.address}"]
        if len(ties) < _RING_CONSIGNEES:
            return None
        if len({one.consignee for one in ties}) < _RING_CONSIGNEES:
            return None
        return self._told(f"at:{tie.address}", tie.held, ties)

    def _ring(self, tie: Tie) -> Alert | None:
        """Tell of several addresses with many consignees that are linked again and again."""
        group = self._links.group(tie.address)
        if not _is_ring(group):
            return None
        ties = [one for address in group.addresses for one in self._hubs.get(f"at:{address}", ())]
        # However it has grown, it is named by the address that was in it first.
        return self._told(f"ring:{group.addresses[0]}", tie.held, sorted(ties))

    def _told(self, hub: str, now: int, ties: Sequence[Tie]) -> Alert | None:
        began = self._episodes.note(("split-consignments", hub), now)
        if began is None:
            return None
        consignees = len({one.consignee for one in ties})
        sellers = len({one.seller for one in ties if one.seller})
        addresses = len({one.address for one in ties})
        name = blake2b(f"{hub} {began}".encode(), digest_size=12).hexdigest()
        return Alert(
            schema_version=alert.SCHEMA_VERSION,
            alert_id=name,
            kind="split-consignments",
            about=hub,
            raised_at=datetime.fromtimestamp(now, UTC),
            text=f"{len(ties)} held parcels, addresses: {addresses}, sellers: {sellers}, "
            f"consignees: {consignees}, worth {sum(one.cents for one in ties) / 100:,.2f} together",
            details={
                "parcels": len(ties),
                "consignees": consignees,
                "addresses": addresses,
                "sellers": sellers,
                "cents": sum(one.cents for one in ties),
                "items": [one.item for one in ties[-20:]],
            },
            expires_at=datetime.fromtimestamp(now + _LAST_SECONDS, UTC),
        )

    def _forget(self, now: int) -> None:
        """Drop the ties that are too old, and the oldest ones where there are too many."""
        while self._ties[0].held < now - KEEP_SECONDS or len(self._ties) > self._most:
            tie = self._ties.popleft()
            self._items.discard(tie.item)
            self._forgotten += 1
            for hub in _hubs(tie):
                # All hubs are in the order of all ties, and some have dropped it already.
                ties = self._hubs.get(hub, [])
                if ties and ties[0] is tie:
                    del ties[0]
                if not ties:
                    self._hubs.pop(hub, None)
        aged = self._forgotten and now - self._linked > DAY
        if self._relinking is None and (aged or self._forgotten > self._most // 2):
            self._relinking = Relinking(self._ties)
            self._forgotten, self._linked = 0, now


def _is_ring(group: Group) -> bool:
    return (
        group.consignees >= _RING_CONSIGNEES
        and 2 <= len(group.addresses) <= _RING_ADDRESSES
        and group.loops >= max(_RING_LOOPS, group.consignees // 2)
    )


def _hubs(tie: Tie) -> tuple[str, ...]:
    sent = (f"sent:{tie.seller}:{tie.address}",) if tie.seller else ()
    return (f"at:{tie.address}", *sent)
