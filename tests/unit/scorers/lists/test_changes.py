"""Changes of lists: told to the log first, then in place as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import msgspec
import pytest

from scorers.lists.changes import ListChange, add_entry, import_csv, remove_entry
from scorers.lists.files import load_lists
from scorers.lists.problems import ListError

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
HEADER = "subject,value,kind,note\n"
A, A_NOTED, B = "seller,a,watch,\n", "seller,a,watch,seen\n", "seller,b,watch,\n"


class Office:
    """A list in force, its audit log, and files to import."""

    def __init__(self, folder: Path) -> None:
        self.into = folder / "risks.csv"
        self.source = folder / "upload.csv"
        self.log = BytesIO()

    def imports(self, text: str) -> Sequence[ListChange]:
        self.source.write_text(HEADER + text, encoding="utf-8")
        return import_csv(self.source, self.into, "kim", NOW, self.log)

    def values(self) -> list[str]:
        return [entry.value for entry in load_lists(self.into).entries if entry.kind != "stop"]

    def logged(self) -> list[ListChange]:
        lines = self.log.getvalue().splitlines()
        return [msgspec.json.decode(line, type=ListChange) for line in lines]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def told(changes: Sequence[ListChange]) -> list[tuple[str | None, str | None]]:
    """Return value and note of each entry before and after."""
    return [
        (
            change.former and change.former["value"] + change.former["note"],
            change.entry and change.entry["value"] + change.entry["note"],
        )
        for change in changes
    ]


def test_import_into_nothing_adds_every_entry(office: Office) -> None:
    changes = office.imports(A + B)
    assert told(changes) == [(None, "a"), (None, "b")]
    assert {(c.at, c.who, c.action, c.list, c.before) for c in changes} == {
        (NOW, "kim", "import", "risks", "")
    }
    assert office.values() == ["a", "b"]


def test_import_over_a_list_tells_what_was_added_removed_and_changed(office: Office) -> None:
    first = office.imports(A + B)
    changes = office.imports(A_NOTED + "seller,c,watch,\n")
    assert told(changes) == [("a", "aseen"), ("b", None), (None, "c")]
    assert {change.before for change in changes} == {first[0].after}
    assert office.logged() == [*first, *changes]


def test_import_of_the_same_list_is_one_line_without_an_entry(office: Office) -> None:
    office.imports(A)
    (change,) = office.imports(A)
    assert change.before == change.after
    assert told([change]) == [(None, None)]


def test_import_of_a_broken_list_changes_and_logs_nothing(office: Office) -> None:
    office.imports(A)
    before = office.log.getvalue()
    with pytest.raises(ListError, match=r"upload\.csv:2: kind: expected one of"):
        office.imports("seller,b,wacth,\n")
    assert office.values() == ["a"]
    assert office.log.getvalue() == before


def test_import_over_a_broken_list_mends_it(office: Office) -> None:
    office.into.write_text("no list", encoding="utf-8")
    office.imports(A)
    assert office.values() == ["a"]


def test_change_that_cannot_be_logged_does_not_happen(office: Office) -> None:
    office.imports(A)
    office.log.close()
    with pytest.raises(ValueError, match="closed file"):
        office.imports(B)
    assert office.values() == ["a"]


def test_add_puts_an_entry_behind_the_others(office: Office) -> None:
    office.imports(A)
    row = {"subject": "seller", "value": "b", "kind": "watch"}
    changes = add_entry(row, office.into, "lee", NOW, office.log)
    assert told(changes) == [(None, "b")]
    assert (changes[0].who, changes[0].action) == ("lee", "add")
    assert office.values() == ["a", "b"]


def test_add_of_an_entry_that_is_there_is_refused(office: Office) -> None:
    office.imports(A)
    row = {"subject": "seller", "value": "a", "kind": "watch"}
    with pytest.raises(ListError, match="expected an entry once at a time"):
        add_entry(row, office.into, "lee", NOW, office.log)


def test_add_with_an_unknown_column_is_refused(office: Office) -> None:
    row = {"subject": "seller", "value": "a", "kind": "watch", "notes": "x"}
    with pytest.raises(ListError, match="the nearest is note"):
        add_entry(row, office.into, "lee", NOW, office.log)


def test_remove_takes_the_entry_off(office: Office) -> None:
    added = office.imports(A + B)
    changes = remove_entry(added[0].reference, office.into, "lee", NOW, office.log)
    assert told(changes) == [("a", None)]
    assert changes[0].reference == added[0].reference
    assert office.values() == ["b"]


def test_remove_of_an_unknown_reference_is_refused(office: Office) -> None:
    office.imports(A)
    with pytest.raises(ListError, match="expected the reference of an entry, got 'risks/0'"):
        remove_entry("risks/0", office.into, "lee", NOW, office.log)


@pytest.mark.parametrize(
    ("who", "now", "expected"),
    [
        ("", NOW, "expected who makes the change"),
        ("kim", NOW.replace(tzinfo=None), "expected an instant with an offset"),
    ],
)
def test_change_without_a_person_or_an_offset_is_refused(
    office: Office, who: str, now: datetime, expected: str
) -> None:
    office.source.write_text(HEADER + A, encoding="utf-8")
    with pytest.raises(ValueError, match=expected):
        import_csv(office.source, office.into, who, now, office.log)
    assert not office.into.exists()
