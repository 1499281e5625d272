"""Clusters of held parcels: split consignments, rings, and bounded memory."""

from __future__ import annotations

from scorers.tower.clusters import DAY, KEEP_SECONDS, ClusterBook, Tie

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
