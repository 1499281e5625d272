"""The reference that is checked in says what the code does."""

from __future__ import annotations

import pytest

from docs.generating.pages import REFERENCE, pages

MADE = pages()


@pytest.mark.parametrize("name", MADE)
def test_page_of_the_reference_is_what_the_code_makes(name: str) -> None:
    checked_in = (REFERENCE / name).read_text(encoding="utf-8")
    assert checked_in == MADE[name], "run: make reference"


def test_reference_holds_nothing_that_is_no_longer_made() -> None:
    kept = {path.relative_to(REFERENCE).as_posix() for path in REFERENCE.rglob("*.*")}
    assert kept == MADE.keys(), "run: make reference"
