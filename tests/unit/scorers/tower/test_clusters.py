"""Clusters of held parcels: split consignments, rings, and bounded memory."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from scorers.tower.clusters import DAY, KEEP_SECONDS, ClusterBook
from scorers.tower.links import COMMON, Links, Relinking, Tie, links_of
from tests.factories import PROPERTY

START = 1_793_520_000


def tie(number: int, seller: str = "s", address: str = "a", cents: int = 6_000, at: int = 0) -> Tie:
    """Return a parcel to a consignee of its own."""
    return Tie(START + at, f"item-{number}", seller, f"c-{number}", address, cents)


def kinds(book: ClusterBook, ties: list[Tie]) -> list[str]:
    """Return what a book tells of ties."""
    return [alert.about.split(":")[0] for one in ties for alert in book.add(one)]


def test_parcels_of_a_seller_to_an_address_above_the_limit_together_are_told() -> None:
    assert kinds(ClusterBook(), [tie(number) for number in range(3)]) == ["sent"]


def test_parcels_that_stay_below_the_limit_or_are_above_it_alone_are_not() -> None:
    assert kinds(ClusterBook(), [tie(number, cents=4_000) for number in range(3)]) == []
    assert kinds(ClusterBook(), [tie(number, cents=20_000) for number in range(3)]) == []


def test_parcels_of_several_days_or_sellers_are_no_split_consignment() -> None:
    assert kinds(ClusterBook(), [tie(n, at=n * (DAY + 1)) for n in range(3)]) == []
    assert kinds(ClusterBook(), [tie(n, seller=f"s-{n}") for n in range(3)]) == []


def test_address_of_many_consignees_within_a_week_is_told() -> None:
    ties = [tie(n, seller=f"s-{n}", cents=100, at=n * DAY // 2) for n in range(8)]
    assert kinds(ClusterBook(), ties) == ["at"]
    ties = [tie(n, seller=f"s-{n}", cents=100, at=n * DAY) for n in range(20)]
    assert kinds(ClusterBook(), ties) == ["at"] * kinds(ClusterBook(), ties).count("at")


def test_parcel_read_twice_counts_once() -> None:
    assert kinds(ClusterBook(), [tie(1), tie(1), tie(2)]) == []


def test_memory_is_bounded_by_time_and_number() -> None:
    book = ClusterBook(most=50)
    for number in range(200):
        book.add(tie(number, address=f"a-{number % 7}", cents=1))
    assert len(book) == 50
    book.add(tie(999, at=KEEP_SECONDS + 1))
    assert len(book) == 1


def test_busy_address_keeps_its_newest_parcels() -> None:
    book = ClusterBook()
    for number in range(1_000):
        book.add(tie(number, seller="", cents=1))
    (told,) = book.add(tie(1_000, seller="", at=DAY))
    assert told.details["parcels"] == 300


def ring(parcels: int, seed: int = 1) -> list[Tie]:
    """Return parcels of two sellers to eight consignees, each at whichever of four addresses."""
    rng = random.Random(seed)
    return [
        Tie(
            START + number,
            f"ring-{number}",
            f"ring-{rng.randrange(2)}",
            f"ring-{number % 8}",
            f"ring-{rng.randrange(4)}",
            100,
        )
        for number in range(parcels)
    ]


def chance(parcels: int, seed: int = 1) -> list[Tie]:
    """Return parcels to households of two, some at one of a few lockers, of few sellers."""
    rng = random.Random(seed)
    ties = []
    for number in range(parcels):
        person = rng.randrange(3 * parcels)
        home = f"home-{person // 2}" if rng.random() < 0.9 else f"locker-{rng.randrange(parcels)}"
        seller = f"s-{int(rng.paretovariate(0.5)) % 500}"
        ties.append(Tie(START + number, f"p-{number}", seller, f"c-{person}", home, 100))
    return ties


def test_consignees_at_several_addresses_that_share_sellers_are_a_ring() -> None:
    book = ClusterBook()
    told = [alert for one in chance(1_000) + ring(30) for alert in book.add(one)]
    (alert,) = [one for one in told if one.about.startswith("ring:")]
    assert 8 <= alert.details["parcels"] <= 30
    assert (alert.details["addresses"], alert.details["consignees"]) == (4, 8)
    assert all(item.startswith("ring-") for item in alert.details["items"])


def test_consignees_brought_together_by_chance_are_no_ring() -> None:
    assert kinds(ClusterBook(), chance(5_000)) == []


def test_ring_is_forgotten_with_its_parcels() -> None:
    book = ClusterBook()
    assert kinds(book, ring(12)) == []
    book.add(tie(999, at=KEEP_SECONDS + DAY))
    book.relink()
    later = [one._replace(item=f"{one.item}-2", held=one.held + 9 * DAY) for one in ring(30)]
    assert kinds(book, later[12:18]) == []
    assert kinds(book, later) == ["ring"]


@PROPERTY
@given(st.lists(st.tuples(*[st.integers(0, 6)] * 3), max_size=60), st.integers(0, 60))
def test_groups_of_links_are_the_connected_components(
    found: list[tuple[int, int, int]], late: int
) -> None:
    ties = [Tie(0, str(n), *map(str, one), 1) for n, one in enumerate(found)]
    links = Links()
    for one in ties:
        links.add(one)
    for some in (links, relinked(ties[late:], ties[:late])):
        for address in {one.address for one in ties}:
            nodes, edges = component(ties, address)
            group = some.group(address)
            assert sorted(group.addresses) == sorted(name[1:] for name in nodes if name[0] == "a")
            assert group.size == len(nodes)
            assert group.loops == edges - len(nodes) + 1


def relinked(ties: list[Tie], late: Sequence[Tie] = ()) -> Links:
    """Return the links of ties, made anew in steps while others come."""
    relinking, coming = Relinking(ties), iter(late)
    while (links := relinking.go_on(3)) is None:
        for one in islice(coming, 2):
            relinking.add(one)
    for one in coming:
        links.add(one)
    return links


def component(ties: list[Tie], address: str) -> tuple[set[str], int]:
    """Return the nodes that an address is connected with and how many links they have."""
    counted = Counter(link for one in ties for link in links_of(one))
    links = {link for link, times in counted.items() if times > (link[0][0] == "s")}
    nodes = {f"a{address}"}
    while more := {end for link in links if nodes & {*link} for end in link} - nodes:
        nodes |= more
    return nodes, sum(bool(nodes & {*link}) for link in links)


def test_common_seller_links_nobody() -> None:
    links = Links()
    addresses = [f"a-{number}" for number in range(3 * COMMON)]
    for address in addresses * 2:
        links.add(Tie(0, "item", "s", "", address, 100))
    assert len(links.group("a-0").addresses) == 1
    few = relinked([Tie(0, "item", "s", "", address, 100) for address in addresses[:COMMON] * 2])
    assert len(few.group("a-0").addresses) == COMMON
