"""The book of all lists: what hits make of a parcel, when they count, and its version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scorers.features.declared import DeclaredTable
from scorers.lists.book import ListBook
from scorers.lists.entries import MAX_SCORE
from scorers.lists.hits import MAX_HITS
from scorers.lists.standard import stop_words
from tests.factories import MANIFEST, make_item, make_manifest, make_manifests, make_party
from tests.unit.scorers.lists.builders import found, make_entry, match

ON = MANIFEST.submitted_at
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("kind", "hold", "allow"),
    [
        ("watch", True, False),
        ("prohibited", True, False),
        ("restricted", False, False),
        ("allow", False, True),
    ],
)
def test_match_of_a_kind_holds_or_trusts(kind: str, hold: bool, allow: bool) -> None:
    hits = match([make_entry(kind=kind)], MANIFEST)
    assert (hits.hold.tolist(), hits.allow.tolist()) == ([hold], [allow])


def test_match_of_a_trusted_party_on_a_watch_list_holds_and_tells_both() -> None:
    hits = match([make_entry(kind="allow"), make_entry(kind="watch")], MANIFEST)
    assert (hits.hold.tolist(), hits.allow.tolist()) == ([True], [False])
    assert [hit.kind for hit in hits.of(0)] == ["watch", "allow"]


def test_match_of_restricted_goods_adds_scores_once_an_entry() -> None:
    entries = [
        make_entry(kind="restricted", subject="hs", value="6109", score=1.5),
        make_entry(kind="restricted", subject="seller", score=-0.25),
    ]
    parcel = make_manifest(items=(make_item(), make_item()))
    assert match(entries, parcel, make_manifest(seller_id="")).adjustment.tolist() == [1.25, 1.5]


def test_match_of_many_entries_adjusts_within_bounds_and_tells_the_weightiest() -> None:
    entries = [
        make_entry(kind="restricted", list=f"l{number}", score=MAX_SCORE)
        for number in range(2 * MAX_HITS)
    ]
    hits = match([*entries, make_entry(kind="prohibited")], MANIFEST, MANIFEST)
    assert hits.adjustment.tolist() == [MAX_SCORE] * 2
    assert [len(hits.of(parcel)) for parcel in (0, 1)] == [MAX_HITS] * 2
    assert {hits.of(parcel)[0].kind for parcel in (0, 1)} == {"prohibited"}


def test_match_of_a_parcel_that_no_list_is_about_says_nothing() -> None:
    hits = match([make_entry(value="another")], MANIFEST)
    assert not hits.hold.any()
    assert hits.hits == hits.of(0) == hits.controls_of(0) == ()


def test_match_of_no_parcels_and_of_no_entries_is_empty() -> None:
    assert match([]).hits == match([], MANIFEST).hits == match([make_entry()]).hits == ()


def test_controls_of_hits_come_once_the_lightest_first() -> None:
    entries = [
        make_entry(list=name, control=control)
        for name, control in (("a", "physical"), ("b", "documents"), ("c", "physical"), ("d", ""))
    ]
    assert match(entries, MANIFEST).controls_of(0) == ("documents", "physical")


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "expected"),
    [
        (None, None, True),
        (ON, None, True),
        (ON + SECOND, None, False),
        (None, ON + SECOND, True),
        (None, ON, False),
        (ON - SECOND, ON + SECOND, True),
    ],
)
def test_match_counts_from_valid_from_to_before_valid_to_by_the_parcels_own_time(
    valid_from: datetime | None, valid_to: datetime | None, expected: bool
) -> None:
    hits = match([make_entry(valid_from=valid_from, valid_to=valid_to)], MANIFEST)
    assert hits.hold.tolist() == [expected]


def test_match_of_a_name_twice_in_a_parcel_tells_the_more_alike() -> None:
    entry = make_entry(subject="name", value="Golden Sunrise")
    parcel = make_manifest(
        consignor=make_party(name="Golden Sunrize"), consignee=make_party(name="Golden Sunrise")
    )
    (hit,) = found(entry, parcel)
    assert (hit.source, hit.similarity) == ("consignee.name", 100)


def test_hit_of_a_name_or_address_shows_initials_and_a_reference_only() -> None:
    entry = make_entry(subject="name", value="Golden Sunrise")
    (hit,) = found(entry, make_manifest(consignee=make_party(name="Golden Sunrise")))
    assert hit.shown == "G. S."
    assert "olden" not in hit.text
    assert hit.reference == entry.reference
    assert entry.reference in hit.text


def test_match_of_a_batch_equals_that_of_each_parcel_alone_and_again() -> None:
    entries = [
        make_entry(value="seller-3"),
        make_entry(kind="restricted", subject="text", value="lithium", score=1.0),
        make_entry(kind="allow", subject="party", value="c-7"),
        make_entry(subject="name", value="Bright Trading"),
        make_entry(subject="address", value="Hauptstr. 1|10115|DE"),
        *stop_words(),
    ]
    parcels = [*make_manifests(80, seed=4), MANIFEST]
    book = ListBook(entries)
    together = book.match(DeclaredTable(parcels))
    again = book.match(DeclaredTable(parcels))
    assert len(together.hits) > 20
    for number, parcel in enumerate(parcels):
        alone = ListBook(entries).match(DeclaredTable([parcel]))
        assert together.of(number) == again.of(number) == alone.of(0)
        assert together.adjustment[number] == alone.adjustment[0]


def test_version_changes_with_any_part_of_an_entry_and_with_nothing_else() -> None:
    entry = make_entry()
    others = [
        make_entry(value="seller-8"),
        make_entry(kind="allow"),
        make_entry(list="other"),
        make_entry(note="why"),
        make_entry(valid_to=datetime(2027, 1, 1, tzinfo=UTC)),
    ]
    versions = {ListBook([some]).version for some in (entry, *others)} | {ListBook().version}
    assert len(versions) == len(others) + 2
    assert ListBook([make_entry()]).version == ListBook([entry]).version


def test_stop_words_of_the_standard_list_count_from_its_date() -> None:
    vague = make_manifest(items=(make_item(description="daily necessities"),))
    early = make_manifest(items=vague.items, submitted_at=datetime(2024, 12, 31, tzinfo=UTC))
    hits = match(list(stop_words()), vague, early)
    assert [hit.reason_code for hit in hits.of(0)] == ["STOP-WORD"]
    assert hits.of(1) == ()
    assert not hits.hold.any()
