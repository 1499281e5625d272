"""Protobuf definitions of every record, made from the record types.

Every field says whether it was set, so a message has exactly the fields of the JSON. Words of a
closed set are strings, so that one which is not known is named in the refusal, as in JSON.
"""

from __future__ import annotations

import re
import textwrap
from typing import Final, NamedTuple

from schemas.catalogue import RECORDS, package_of
from schemas.field_numbers import names_by_number
from schemas.shapes import Field, Kind, Shape, shapes_of

TYPES: Final[dict[Kind, str]] = {
    "text": "string",
    "integer": "int64",
    "number": "double",
    "flag": "bool",
    "instant": "google.protobuf.Timestamp",
    "texts": "map<string, string>",
    "anything": "google.protobuf.Struct",
}
IMPORTS: Final[dict[Kind, str]] = {
    "instant": "google/protobuf/timestamp.proto",
    "anything": "google/protobuf/struct.proto",
}

_WIDTH: Final = 96
_MESSAGE = re.compile(r"^message (\w+) {\n(.*?)^}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^  ((?:optional |repeated |map<).*?) ?(\w+) = (\d+);$", re.MULTILINE)


class Numbered(NamedTuple):
    """A field of a message, with its number."""

    number: int
    field: Field


def numbered_fields(name: str, shape: Shape) -> list[Numbered]:
    """Return the fields of one of the types of the record called `name`, in order."""
    numbers = {field: n for n, field in names_by_number(name, shape.name).items()}
    return [Numbered(numbers[field.name], field) for field in shape.fields]


def imports_of(shapes: list[Shape]) -> list[str]:
    """Return the files that the types of some shapes come from."""
    kinds = {field.kind for shape in shapes for field in shape.fields}
    return sorted(IMPORTS[kind] for kind in kinds & IMPORTS.keys())


def is_counted(field: Field) -> bool:
    """Tell whether a field may be there any number of times, and so is never unset."""
    return field.repeated or field.kind == "texts"


def proto_text(name: str) -> str:
    """Return the .proto of the record called `name`; raise `KeyError` for an unknown one.

    >>> print(proto_text("outcome").splitlines()[3])
    package greenlane.outcome.v1;
    """
    shapes = shapes_of(RECORDS[name].record)
    return "\n".join(
        [
            "// Made by `greenlane schema`. Numbers of fields never change.",
            'syntax = "proto3";',
            "",
            f"package {package_of(name)};",
            "",
            *[f'import "{path}";' for path in imports_of(shapes)],
            *[_message(name, shape) for shape in shapes],
            "",
        ]
    )


def _message(name: str, shape: Shape) -> str:
    numbered = numbered_fields(name, shape)
    known = {field.name for _, field in numbered}
    gone = {n: old for n, old in names_by_number(name, shape.name).items() if old not in known}
    lines = [line for one in numbered for line in _field(*one)]
    lines += [f"  reserved {number};  // {old}" for number, old in gone.items()]
    about = _comment(shape.about.partition("\n\n")[0], "")
    return "\n".join(["", *about, f"message {shape.name} {{", *lines, "}"])


def _field(number: int, field: Field) -> list[str]:
    label = "repeated " if field.repeated else "" if field.kind == "texts" else "optional "
    kind = field.record or TYPES[field.kind]
    about = f"{field.about} Needed." if field.needed else field.about
    return [*_comment(about, "  "), f"  {label}{kind} {field.name} = {number};"]


def _comment(text: str, indent: str) -> list[str]:
    lines = textwrap.wrap(" ".join(text.split()), _WIDTH, break_on_hyphens=False)
    return [f"{indent}// {line}" for line in lines]


def changed_numbers(released: str, current: str) -> list[str]:
    """Return what is read as something else if `current` takes the place of a released text.

    >>> old = "message A {\\n  optional string a = 1;\\n}\\n"
    >>> changed_numbers(old, old.replace("= 1", "= 2"))
    ['A.a: it is gone from 1, was optional string']
    """
    now = _numbers(current)
    return [
        f"{message}.{name}: {_difference(number, kind, now.get((message, number)))}"
        for (message, number), (name, kind) in _numbers(released).items()
        if now.get((message, number)) != (name, kind)
        and f"  reserved {number};" not in _bodies(current).get(message, "")
    ]


def _difference(number: str, kind: str, now: tuple[str, str] | None) -> str:
    if now is None:
        return f"it is gone from {number}, was {kind}"
    return f"{number} is {' '.join(reversed(now))}, was {kind}"


def _bodies(text: str) -> dict[str, str]:
    return {found[1]: found[2] for found in _MESSAGE.finditer(text)}


def _numbers(text: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Return name and type of each field by its message and number."""
    return {
        (message, found[3]): (found[2], found[1])
        for message, body in _bodies(text).items()
        for found in _FIELD.finditer(body)
    }
