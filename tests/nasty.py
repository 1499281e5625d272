"""Manifest records as nobody should send them, and what must become of each."""

from __future__ import annotations

from typing import NamedTuple

from schemas.codec import decode_manifest, encode
from schemas.manifest import EXAMPLE

GOOD = encode(decode_manifest(EXAMPLE))


class Nasty(NamedTuple):
    """A record and the start of its reject's reason; None if it is accepted."""

    name: str
    value: bytes | None
    reason: str | None


def replaced(old: bytes, new: bytes) -> bytes:
    """Return the good record with a part replaced."""
    if old not in GOOD:
        raise ValueError(f"{old!r} is not part of the example")
    return GOOD.replace(old, new)


ITEM = GOOD[GOOD.index(b'"items":[') + 9 : GOOD.rindex(b"}]") + 1]

NASTY = (
    Nasty("tombstone", None, "Expected a JSON object, got an empty value"),
    Nasty("empty", b"", "Expected a JSON object, got an empty value"),
    Nasty("cut", GOOD[:-20], "Expected a JSON object, got malformed data"),
    Nasty("no JSON", b"\x00\x01\xff", "Expected a JSON object, got malformed data"),
    Nasty("an array", b"[]", "Expected `object`, got `array`"),
    Nasty("wrong type", replaced(b'"quantity":2', b'"quantity":"2"'), "Expected `int`, got `str`"),
    Nasty("below its bound", replaced(b'"quantity":2', b'"quantity":0'), "Expected `int` >= 1"),
    Nasty("NaN", replaced(b"0.42", b"NaN"), "Expected a JSON object, got malformed data"),
    Nasty("infinite", replaced(b"0.42", b"1e999"), "Expected a finite number"),
    Nasty("missing field", replaced(b'"currency":"EUR",', b""), "Expected field `currency`"),
    Nasty("raw null byte", replaced(b"A. Muster", b"A\x00M"), "Expected a JSON object"),
    Nasty("10,000 items", replaced(ITEM, b",".join([ITEM] * 10_000)), "Expected at most 1048576"),
    Nasty("100 items", replaced(ITEM, b",".join([ITEM] * 100)), "Expected `array` of length <="),
    Nasty("10 MB", replaced(b"A. Muster", b"x" * 10_000_000), "Expected at most 1048576 bytes"),
    Nasty("nested deeply", b'{"x":' + b"[" * 100_000, "Expected a JSON object, got one nested"),
    Nasty(
        "next version",
        replaced(b'"schema_version":1', b'"schema_version":2'),
        "Expected schema_version 1, got 2",
    ),
    Nasty("escaped null byte", replaced(b"A. Muster", b"A\\u0000M"), None),
    Nasty(
        "twice the same key",
        replaced(b'"currency":"EUR"', b'"currency":"USD","currency":"EUR"'),
        None,
    ),
    Nasty(
        "unknown field", replaced(b'"currency":"EUR"', b'"currency":"EUR","colour":[1,{}]'), None
    ),
    Nasty(
        "value near the limit of floats",
        replaced(b'"total_value":18.9', b'"total_value":1e308'),
        "Expected `float` <= 1000000000000000.0",
    ),
    Nasty(
        "quantity beyond floats",
        replaced(b'"quantity":2', b'"quantity":' + b"9" * 400),
        "Expected `int` <= 10000000",
    ),
    Nasty("no such codes", replaced(b'"610910"', b'"xx"').replace(b'"CN"', b'"??"'), None),
)
