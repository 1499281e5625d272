"""Which sellers, consignees and addresses hang together: a union-find over held parcels' ties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final, NamedTuple

COMMON: Final = 20
"""A seller, consignee or address with more links than this is common: it links nobody."""

_TIMES: Final = {"c": 1, "s": 2}
"""Parcels that link a consignee or a seller to an address: chance brings sellers many customers."""


Link = tuple[str, str]
"""A consignee or a seller, and an address."""


class Tie(NamedTuple):
    """A held parcel: who sent it to whom and where (hashes, empty if not known), in cents."""

    held: int
    item: str
    seller: str
    consignee: str
    address: str
    cents: int


@dataclass(slots=True)
class Group:
    """What hangs together. `loops` are links between two who did without: chance closes few."""

    addresses: list[str] = field(default_factory=list)
    consignees: int = 0
    sellers: int = 0
    loops: int = 0

    @property
    def size(self) -> int:
        """Number of its nodes."""
        return len(self.addresses) + self.consignees + self.sellers


class Links:
    """Groups of those linked by ties. Links are added one by one and forgotten all at once.

    An address is linked to who receives there, and to who sends there for the second time, unless
    one of the two is common.

    >>> links = Links()
    >>> for consignee, address in (("c", "a"), ("d", "a"), ("d", "b"), ("c", "b")):
    ...     links.add(Tie(0, "item", "", consignee, address, 100))
    >>> links.group("a")
    Group(addresses=['a', 'b'], consignees=2, sellers=0, loops=1)
    """

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}
        self._groups: dict[str, Group] = {}
        self._seen: dict[tuple[str, str], int] = {}
        self._degrees: dict[str, int] = {}

    def add(self, tie: Tie) -> None:
        """Link those of a tie."""
        links = links_of(tie)
        self.count(links)
        self.link(links)

    def group(self, address: str) -> Group:
        """Return what an address hangs together with."""
        node = f"a{address}"
        return self._groups[self._root(node)] if node in self._parents else Group([address])

    def count(self, links: Iterable[Link]) -> None:
        """Count links, of which none is made: who is common is known by that."""
        seen, degrees = self._seen, self._degrees
        for link in links:
            if link not in seen:
                seen[link] = 0
                for end in link:
                    degrees[end] = degrees.get(end, 0) + 1

    def link(self, links: Iterable[Link]) -> None:
        """Make links that were counted."""
        seen, degrees = self._seen, self._degrees
        for link in links:
            seen[link] += 1
            one, other = link
            if seen[link] == _TIMES[one[0]] and degrees[one] <= COMMON >= degrees[other]:
                self._join(one, other)

    def _join(self, one: str, other: str) -> None:
        left, right = self._root(one), self._root(other)
        if left == right:
            self._groups[left].loops += 1
            return
        if self._groups[left].size < self._groups[right].size:
            left, right = right, left
        self._parents[right] = left
        larger, smaller = self._groups[left], self._groups.pop(right)
        larger.addresses += smaller.addresses
        larger.consignees += smaller.consignees
        larger.sellers += smaller.sellers
        larger.loops += smaller.loops

    def _root(self, node: str) -> str:
        parents = self._parents
        if node not in parents:
            parents[node] = node
            self._groups[node] = _alone(node)
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node


class Relinking:
    """Links made anew of ties, a few at a time: all of 200,000 at once take a second.

    >>> made = Relinking([Tie(0, "item", "", "c", address, 100) for address in "ab"])
    >>> made.go_on(3) is None, made.go_on(3).group("a").addresses
    (True, ['a', 'b'])
    """

    def __init__(self, ties: Iterable[Tie]) -> None:
        known, links = list(ties), Links()
        self._links = links
        self._late: list[Tie] = []
        # Who is common is known from the start, so links do not depend on the order of ties.
        self._steps = chain(
            map(links.count, map(links_of, known)),
            map(links.link, map(links_of, known)),
            map(links.add, self._late),
        )

    def add(self, tie: Tie) -> None:
        """Note a tie that comes meanwhile."""
        self._late.append(tie)

    def go_on(self, most: int) -> Links | None:
        """Go `most` steps, of which a tie needs two; return the links when all are made."""
        gone = sum(1 for _ in islice(self._steps, most))
        return self._links if gone < most else None


def links_of(tie: Tie) -> tuple[Link, ...]:
    """Return the links of a tie; the first letter tells addresses, consignees and sellers apart."""
    address = f"a{tie.address}"
    sender = ((f"s{tie.seller}", address),) if tie.seller else ()
    return ((f"c{tie.consignee}", address), *sender) if tie.consignee else sender


def _alone(node: str) -> Group:
    kind, name = node[0], node[1:]
    return Group([name] if kind == "a" else [], int(kind == "c"), int(kind == "s"))
