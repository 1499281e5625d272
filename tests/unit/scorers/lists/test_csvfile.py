"""List files: every cell means what it says, and every problem is told with its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scorers.lists.csvfile import read_entries, write_rows
from scorers.lists.entries import DEFAULT_THRESHOLD, Entry
from scorers.lists.lines import RESTRICTED_SCORE, row_of
from scorers.lists.problems import ListError
from tests.unit.scorers.lists.builders import make_entry


def read(text: str) -> list[Entry]:
    return read_entries(text.encode(), "risks.csv", "risks")


def refused(text: str | bytes) -> list[str]:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ListError) as error:
        read_entries(content, "risks.csv", "risks")
    return str(error.value).splitlines()


def line(**cells: str) -> str:
    """Return a file of one line, a good one but for `cells`."""
    row = {"subject": "seller", "value": "seller-7", "kind": "watch", **cells}
    return write_rows([row], list(row)).decode()


def test_read_of_three_cells_gives_an_entry_with_defaults() -> None:
    assert read("subject,value,kind\nseller,seller-7,watch\n") == [make_entry()]


def test_read_of_all_cells_gives_an_entry_with_all() -> None:
    (entry,) = read(
        "kind,subject,value,reason_code,control,score,threshold,valid_from,valid_to,owner,note,"
        "severity\n"
        'restricted, name ,"Muster, Anna",W-1,x-ray,1.5,90,2026-01-01,2026-12-31T12:00:00+02:00,'
        "desk 4,seen twice,250\n"
    )
    assert entry == make_entry(
        kind="restricted",
        subject="name",
        value="Muster, Anna",
        reason_code="W-1",
        control="x-ray",
        score=1.5,
        threshold=90.0,
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        valid_to=datetime(2026, 12, 31, 12, tzinfo=timezone(timedelta(hours=2))),
        owner="desk 4",
        note="seen twice",
        severity=250.0,
    )


def test_read_of_a_day_as_valid_to_counts_to_its_end() -> None:
    (entry,) = read(line(valid_to="2026-12-31"))
    assert entry.valid_to == datetime(2027, 1, 1, tzinfo=UTC)


def test_read_of_restricted_goods_without_a_score_gives_them_one() -> None:
    (entry,) = read(line(kind="restricted"))
    assert (entry.score, entry.threshold) == (RESTRICTED_SCORE, DEFAULT_THRESHOLD)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffsubject,value,kind\r\nseller,seller-7,watch\r\n",
        "subject,value,kind\n\nseller,seller-7,watch\n,,\n",
        'subject,value,kind\nseller,"seller-7",watch',
    ],
)
def test_read_of_what_spreadsheets_write_gives_the_entries(text: str) -> None:
    assert read(text) == [make_entry()]


def test_read_of_a_header_alone_gives_no_entries() -> None:
    assert read("subject,value,kind\n") == []


def test_read_of_what_was_written_gives_the_same_entries() -> None:
    entries = [
        make_entry(valid_to=datetime(2027, 1, 1, tzinfo=UTC)),
        make_entry(kind="restricted", subject="text", value='a "b", c', score=0.1234567),
        make_entry(subject="name", value="Müller", threshold=91.5, note="x"),
    ]
    assert read_entries(write_rows(map(row_of, entries)), "risks.csv", "risks") == entries


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            {"kind": "wacth"},
            "kind: expected one of prohibited, watch, restricted, stop, allow "
            "(the nearest is watch), got 'wacth'",
        ),
        (
            {"subject": "sellr"},
            "subject: expected one of party, name, address, ioss, eori, seller, platform, order, "
            "declarant, hs, text (the nearest is seller), got 'sellr'",
        ),
        ({"value": ""}, "value: expected a value, got nothing"),
        ({"value": "x" * 513}, "value: expected at most 512 characters, got 513 of them"),
        (
            {"subject": "name", "value": "..."},
            "value: expected a name with letters or digits, got '...'",
        ),
        ({"subject": "hs", "value": "93x"}, "value: expected 2 to 12 digits, got '93x'"),
        ({"subject": "hs", "value": "９３"}, "value: expected 2 to 12 digits, got '９３'"),
        ({"subject": "text", "value": "*"}, "value: expected a word or a phrase, got '*'"),
        (
            {"subject": "address", "value": "Lange Str. 1"},
            "value: expected street|postcode|country, got 'Lange Str. 1'",
        ),
        (
            {"reason_code": "w 1"},
            "reason_code: expected a code of up to 64 capital letters, digits and hyphens, "
            "got 'w 1'",
        ),
        (
            {"control": "xray"},
            "control: expected one of documents, x-ray, physical, sample-test "
            "(the nearest is x-ray), got 'xray'",
        ),
        (
            {"kind": "restricted", "score": "11"},
            "score: expected a number from -10 to 10, got '11'",
        ),
        (
            {"kind": "restricted", "score": "nan"},
            "score: expected a number from -10 to 10, got 'nan'",
        ),
        ({"threshold": "low"}, "threshold: expected a number from 75 to 100, got 'low'"),
        ({"threshold": "50"}, "threshold: expected a number from 75 to 100, got '50'"),
        (
            {"valid_from": "2026-13-01"},
            "valid_from: expected a day (2026-11-01) or an instant with an offset, "
            "got '2026-13-01'",
        ),
        (
            {"valid_to": "2026-11-01T08:00:00"},
            "valid_to: expected a day (2026-11-01) or an instant with an offset, "
            "got '2026-11-01T08:00:00'",
        ),
        (
            {"valid_from": "2026-11-02", "valid_to": "2026-11-01"},
            "valid_to: expected later than valid_from (2026-11-02T00:00:00+00:00), "
            "got '2026-11-01'",
        ),
        ({"score": "1"}, "score: expected none for kind watch, got '1'"),
        ({"kind": "allow", "severity": "1"}, "severity: expected none for kind allow, got '1'"),
        ({"severity": "-1"}, "severity: expected a number from 0 to 1e+06, got '-1'"),
        ({"kind": "stop"}, "subject: expected text for a stop word, got 'seller'"),
        (
            {"kind": "allow", "subject": "name", "value": "Anna"},
            "subject: expected an identifier for an allow list: anyone can claim the rest, "
            "got 'name'",
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_read_of_a_bad_cell_tells_file_line_column_expected_and_got(
    cells: dict[str, str], expected: str
) -> None:
    assert refused(line(**cells)) == [f"risks.csv:2: {expected}"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "risks.csv:1: expected column subject, got none"),
        (b"subject,value,kind,kind\n", "risks.csv:1: expected column kind once, got it again"),
        (b"subject,value,kind\n\nseller,x\n", "risks.csv:3: expected 3 cells on one line, got 2"),
        (
            b"subject,value,kind\nseller,\xff,watch\n",
            "risks.csv:2: expected text in UTF-8, got byte 0xff",
        ),
        (
            b'subject,value,kind\nseller,"a\nb",watch\n',
            "risks.csv:2: expected 3 cells on one line, got a line break in a cell",
        ),
    ],
)
def test_read_of_what_is_no_list_tells_where(content: bytes, expected: str) -> None:
    assert refused(content)[0] == expected


def test_read_of_an_unknown_column_names_the_nearest() -> None:
    (problem,) = refused("subject,value,kind,reson_code\nseller,x,watch,A\n")
    assert problem.endswith("(the nearest is reason_code), got 'reson_code'")


def test_read_of_an_unclosed_quote_tells_so() -> None:
    (problem,) = refused('subject,value,kind\nseller,"x,watch\n')
    assert problem.startswith("risks.csv:2: expected CSV, got ")


def test_read_of_several_bad_lines_tells_all_in_order() -> None:
    problems = refused("subject,value,kind\nx,,y\nseller,a,watch\nseller,a,watch\n")
    assert [problem.split(": ")[0:2] for problem in problems[:3]] == [
        ["risks.csv:2", "kind"],
        ["risks.csv:2", "subject"],
        ["risks.csv:2", "value"],
    ]
    assert problems[3] == (
        "risks.csv:4: value: expected an entry once at a time, got 'a' as on line 3"
    )


def test_read_of_an_entry_for_two_periods_is_no_repeat() -> None:
    header = "subject,value,kind,valid_from,valid_to\n"
    periods = "seller,a,watch,,2026-01-31\nseller,a,watch,2026-02-01,\n"
    assert len(read(header + periods)) == 2
    assert len(refused(header + periods.replace("2026-02-01", "2026-01-31"))) == 1


def test_read_of_the_same_name_in_other_letters_is_a_repeat() -> None:
    (problem,) = refused("subject,value,kind\nname,Anna Muster,watch\nname,ANNA  MUSTER,watch\n")
    assert problem.endswith("as on line 2")
