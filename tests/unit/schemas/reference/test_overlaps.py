"""Two rows that answer the same question on the same day are refused; a narrower one is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.reference.loading import load_reference
from tests.unit.schemas.reference.builders import changed, refusal, write

REGIMES = "regimes.toml"
UNTIL, FROM = "valid_to = 2026-06-30", "valid_from = 2026-07-01"


def pair(first: str, second: str, destination: str = "AU") -> str:
    """Return two rows of one destination that differ by further lines of TOML."""
    one = changed(code='"A"', destination=f'"{destination}"') + first + "\n"
    return one + changed(code='"B"', destination=f'"{destination}"') + second + "\n"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", ""),
        ("valid_to = 2026-07-01", FROM),
        (UNTIL, "valid_from = 2026-06-30"),
        ('channels = ["post", "express"]', 'channels = ["express", "other"]'),
        ('channels = ["post"]', 'natures = ["gift"]'),
        ('origins = ["CN"]', 'posted_in = ["CN"]'),
    ],
)
def test_load_rows_that_fit_one_parcel_equally_well_is_refused(
    tmp_path: Path, first: str, second: str
) -> None:
    said = refusal(tmp_path, REGIMES, pair(first, second))
    assert said.startswith("regimes.toml line ")
    assert said.endswith("expected rows that do not overlap, got B and A (line 2)")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (UNTIL, FROM),
        ('channels = ["post"]', 'channels = ["express"]'),
        ("", 'channels = ["post"]'),
        ('origins = ["CN"]', 'origins = ["CN"]\nchannels = ["post"]'),
        ('parties = "persons"', ""),
    ],
)
def test_load_rows_of_which_one_is_narrower_or_another_day_is_accepted(
    tmp_path: Path, first: str, second: str
) -> None:
    assert len(load_reference(write(tmp_path, REGIMES, pair(first, second))).regimes) == 2


def test_load_a_members_row_beside_its_unions_is_accepted(tmp_path: Path) -> None:
    text = changed(code='"A"', destination='"EU"') + changed(destination='"DE"')
    assert len(load_reference(write(tmp_path, REGIMES, text)).regimes) == 2


def test_load_a_members_row_that_its_unions_selector_outweighs_is_refused(tmp_path: Path) -> None:
    union = changed(code='"A"', destination='"EU"', channels='["post"]')
    said = refusal(tmp_path, REGIMES, union + changed(code='"B"', destination='"DE"'))
    assert said.endswith("expected rows that do not overlap, got B and A (line 2)")


@pytest.mark.parametrize("table", ["fee", "surcharge"])
def test_load_fees_and_surcharges_that_overlap_is_accepted(tmp_path: Path, table: str) -> None:
    text = pair("", "").replace("[[duty]]", f"[[{table}]]")
    assert len(load_reference(write(tmp_path, REGIMES, text)).regimes) == 2


def test_load_an_unconfirmed_row_that_overlaps_is_refused_only_when_switched_on(
    tmp_path: Path,
) -> None:
    text = changed(code='"A"') + changed(code='"B"', status='"unconfirmed"')
    folder = write(tmp_path, REGIMES, text)
    assert [row.code for row in load_reference(folder).in_force] == ["A"]
    with pytest.raises(ValueError, match="do not overlap, got B and A"):
        load_reference(folder, switched_on=["B"])
