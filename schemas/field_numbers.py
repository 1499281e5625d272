"""The numbers of fields in Protobuf: the place in a list that only ever grows.

`make reference` puts new fields at the end; the name of one that is gone stays, so that nobody
reads its number as something else.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from schemas.catalogue import RECORDS
from schemas.shapes import shapes_of

FILE: Final = Path(__file__).with_name("field_numbers.json")

Lists = dict[str, dict[str, list[str]]]
"""Names of fields, in the order of their numbers, by record and type."""


def names_by_number(record: str, type_name: str) -> dict[int, str]:
    """Return the names of a type's fields by their numbers, those that are gone too.

    >>> names_by_number("outcome", "InspectionOutcome")[2]
    'outcome_id'
    """
    return dict(enumerate(_lists()[record][type_name], start=1))


def extended(lists: Lists) -> Lists:
    """Return the lists with what records have and lists have not, at the end.

    >>> extended({"outcome": {"InspectionOutcome": ["gone"]}})["outcome"]["InspectionOutcome"][:2]
    ['gone', 'schema_version']
    """
    made: Lists = {name: dict(types) for name, types in lists.items()}
    for name, published in RECORDS.items():
        types = made.setdefault(name, {})
        for shape in shapes_of(published.record):
            before = types.get(shape.name, [])
            new = [field.name for field in shape.fields if field.name not in before]
            types[shape.name] = [*before, *new]
    return made


def read_lists() -> Lists:
    """Return what the file says."""
    return msgspec.json.decode(FILE.read_bytes(), type=Lists)


def as_text(lists: Lists) -> str:
    """Return the lists as they are kept."""
    return msgspec.json.format(msgspec.json.encode(lists)).decode() + "\n"


_lists = cache(read_lists)
