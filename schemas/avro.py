"""Avro schemas of every record, made from the record types, and values as they have them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Final

import msgspec

from schemas.catalogue import RECORDS, package_of
from schemas.shapes import Field, Kind, Shape, shapes_of

Schema = dict[str, Any]

_TYPES: Final[dict[Kind, Any]] = {
    "text": "string",
    "integer": "long",
    "number": "double",
    "flag": "boolean",
    "instant": {"type": "long", "logicalType": "timestamp-micros"},
    "texts": {"type": "map", "values": "string"},
    # Avro has no type for it: JSON as a text.
    "anything": "string",
}


def avro_schema(name: str) -> Schema:
    """Return the Avro schema of the record called `name`; raise `KeyError` for an unknown one.

    >>> avro_schema("outcome")["fields"][1]["name"]
    'outcome_id'
    """
    made = _record(RECORDS[name].record.__name__, _shapes(name), set())
    return {**made, "namespace": package_of(name)}


def avro_value(name: str, record: msgspec.Struct) -> dict[str, Any]:
    """Return a record as what writers of Avro take; what it leaves out is the schema's default."""
    plain, shapes = msgspec.to_builtins(record, builtin_types=(datetime,)), _shapes(name)
    return _value(plain, shapes[type(record).__name__], shapes)


@cache
def _shapes(name: str) -> dict[str, Shape]:
    return {shape.name: shape for shape in shapes_of(RECORDS[name].record)}


def _record(name: str, shapes: dict[str, Shape], known: set[str]) -> Schema:
    """Return a record's schema; one that is `known` already is named only, as Avro wants it."""
    known.add(name)
    shape = shapes[name]
    return {
        "type": "record",
        "name": name,
        "doc": " ".join(shape.about.split()),
        "fields": [_field(field, shapes, known) for field in shape.fields],
    }


def _field(field: Field, shapes: dict[str, Shape], known: set[str]) -> Schema:
    kind = _type(field, shapes, known)
    made: Schema = {"name": field.name, "type": kind}
    if field.about:
        made["doc"] = field.about
    if field.needed:
        return made
    if field.repeated or field.kind == "texts":
        return {**made, "default": [] if field.repeated else {}}
    if field.kind == "record" or field.default is None:
        return {**made, "type": ["null", kind], "default": None}
    return {**made, "default": field.default}


def _type(field: Field, shapes: dict[str, Shape], known: set[str]) -> Any:
    if field.kind != "record":
        kind = _TYPES[field.kind]
    elif field.record in known:
        kind = field.record
    else:
        kind = _record(field.record, shapes, known)
    return {"type": "array", "items": kind} if field.repeated else kind


def _value(plain: dict[str, Any], shape: Shape, shapes: dict[str, Shape]) -> dict[str, Any]:
    made = dict(plain)
    for field in shape.fields:
        value = made.get(field.name)
        if value is None:
            continue
        if field.kind == "anything":
            made[field.name] = msgspec.json.encode(value).decode()
        elif field.kind == "record":
            inner = shapes[field.record]
            made[field.name] = (
                [_value(one, inner, shapes) for one in value]
                if field.repeated
                else _value(value, inner, shapes)
            )
    return made
