"""Which sellers, consignees and addresses hang together: a union-find over held parcels' ties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

COMMON: Final = 20
"""A seller, consignee or address with more links than this is common: it links nobody."""

_TIMES: Final = {"c": 1, "s": 2}
"""Parcels that link a consignee or a seller to an address: chance brings sellers many customers."""


class Tie(NamedTuple):
    """A held parcel: who sent it to whom and where (hashes, empty if not known), in cents."""

    held: int
    item: str
    seller: str
    consignee: str
    address: str
    cents: int


@dataclass
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

    def __init__(self, ties: Collection[Tie] = ()) -> None:
        self._parents: dict[str, str] = {}
        self._groups: dict[str, Group] = {}
        self._seen: dict[tuple[str, str], int] = {}
        # Who is common is known from the start if ties are.
        self._degrees = dict(Counter(end for link in {*_all_links(ties)} for end in link))
        for tie in ties:
            self._link(tie)

    def add(self, tie: Tie) -> None:
        """Link those of a tie."""
        for link in links_of(tie):
            if link not in self._seen:
                for end in link:
                    self._degrees[end] = self._degrees.get(end, 0) + 1
        self._link(tie)

    def group(self, address: str) -> Group:
        """Return what an address hangs together with."""
        node = f"a{address}"
        return self._groups[self._root(node)] if node in self._parents else Group([address])

    def _link(self, tie: Tie) -> None:
        for link in links_of(tie):
            times = self._seen[link] = self._seen.get(link, 0) + 1
            if times == _TIMES[link[0][0]] and all(self._degrees[end] <= COMMON for end in link):
                self._join(*link)

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


def links_of(tie: Tie) -> Iterator[tuple[str, str]]:
    """Yield the links of a tie; the first letter tells addresses, consignees and sellers apart."""
    address = f"a{tie.address}"
    if tie.consignee:
        yield f"c{tie.consignee}", address
    if tie.seller:
        yield f"s{tie.seller}", address


def _all_links(ties: Collection[Tie]) -> Iterator[tuple[str, str]]:
    return (link for tie in ties for link in links_of(tie))


def _alone(node: str) -> Group:
    kind, name = node[0], node[1:]
    return Group([name] if kind == "a" else [], int(kind == "c"), int(kind == "s"))
