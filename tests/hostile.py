"""Manifests as an attacker would send them: well-formed but odd, and mutations of any."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

from tests.nasty import GOOD, NASTY, replaced

_SYNTAX: Final = b'"\\{}[],:\x00\xff 0123456789.e-+uDd8tTnZ'
_LONGEST_COPY: Final = 40

TRICKS: Final[dict[str, str]] = {
    "homoglyphs": "А. Мuѕtеr",
    "zero width": "A.\u200b M\u200du\u2060st\ufeffer",
    "right to left": "\u202eretsuM .A\u202c",
    "isolates": "\u2067A. Muster\u2069\u2066",
    "decomposed": "A. Mu\u0308ster",
    "composed": "A. M\u00fcster",
    "compatibility": "\uff21. \u2133\ufb06\U0001d41erﷺ",
    "combining marks": "A" + "\u0301" * 150,
    "astral": "\U0001f4e6\U0001f9ff\U0010ffff",
    "spaces": "\u00a0A.\u2003Muster\u3000\u2028\u2029",
    "controls": "A.\u0001\u0007\u001b[31m\u0085\u009b",
    "no letters": "\u200b\u200b",
    "Turkish": "İıŞşĞğ",
    "sharp": "ẞß ﬀ ŉ ǰ",
    "formula": "=HYPERLINK(1)",
    "markup": "<script>alert(1)</script>",
    "SQL": "'; DROP TABLE parcels;--",
    "template": "${jndi:ldap://127.0.0.1/x}{{7*7}}%s%n",
    "key": "{shard}:meta\r\nFLUSHALL\r\n",
    "surrogate look-alike": "\ud7ff\ue000",
}

NUMBERS: Final = (
    b"0", b"-0", b"0.0", b"1e0", b"1E+2", b"1e-400", b"1e400", b"5e-324",
    b"1.7976931348623157e308",
    b"0.1000000000000000055511151231257827", b"9007199254740993", b"18446744073709551616",
    b"-1", b"-1e-400", b"1" + b"0" * 400, b"0." + b"0" * 400 + b"1", b"1e" + b"9" * 50, b"00",
    b"1.",
    b".5", b"+1", b"0x10", b"1_000", b"Infinity", b"NaN", b"true", b"null", b'"1"', b"[1]", b"{}",
)  # fmt: skip

_INSTANTS: Final = (
    "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
    "2026-02-29T00:00:00Z", "2024-02-29T23:59:59+23:59", "2026-11-01T24:00:00Z",
    "2026-11-01T00:00:60Z", "2026-11-01T00:00:00", "2026-11-01", "2026-11-01T00:00:00-00:00",
    "2026-11-01 00:00:00Z", "2026-11-01T00:00:00.1234567Z", "+02026-11-01T00:00:00Z", "",
)  # fmt: skip

_ZEROS: Final = bytes(10_000_000)

BOMBS: Final = (gzip.compress(_ZEROS), zlib.compress(_ZEROS))
"""What unpacks to a thousand times its size, if anybody unpacks it."""

_HALVES: Final = (b"\\ud800", b"\\udc00", b"\\ud800\\u0041", b"\\udfff\\ud800", b"\\u00", b"\\x41")
_NO_UTF8: Final = (
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x80",
    b"\xe2\x82",
    b"\xff\xfe",
)


def corpus() -> list[bytes]:
    """Return records of all kinds; none is larger than the contract allows by much."""
    return [
        *(one.value or b"" for one in NASTY if len(one.value or b"") < 2_000_000),
        *_with_texts(),
        *(replaced(b'"total_value":18.9', b'"total_value":' + number) for number in NUMBERS),
        *(replaced(b'"quantity":2', b'"quantity":' + number) for number in NUMBERS),
        *_with_instants(),
        *_nested(),
        *BOMBS,
    ]


def mutated(rng: random.Random, values: Sequence[bytes]) -> bytes:
    """Return a value with up to four changes."""
    data = bytearray(rng.choice(values))
    for _ in range(rng.randint(0, 4)):
        if data:
            _mutate(rng, data)
    return bytes(data)


def _mutate(rng: random.Random, data: bytearray) -> None:
    place, kind = rng.randrange(len(data)), rng.random()
    if kind < 0.35:
        data[place] = rng.choice(_SYNTAX)
    elif kind < 0.45:
        data[place] = rng.randrange(256)
    elif kind < 0.6:
        del data[place]
    elif kind < 0.85:
        data.insert(place, rng.choice(_SYNTAX))
    elif kind < 0.9:
        del data[place + 1 :]
    else:
        first, last = sorted((place, rng.randrange(len(data))))
        data[place:place] = data[first : min(last, first + _LONGEST_COPY)]


def _with_texts() -> Iterator[bytes]:
    """Yield records with each trick as a name, in UTF-8 and escaped, and as other texts."""
    for trick in TRICKS.values():
        plain = trick.translate(dict.fromkeys(range(0x20), " ")).replace("\\", "").replace('"', "")
        escaped = "".join(f"\\u{unit:04x}" for unit in _units(trick))
        for text in (plain.encode(), escaped.encode()):
            yield replaced(b"A. Muster", text)
            yield GOOD.replace(b'"seller-7"', b'"' + text + b'"').replace(b"610910", text)
    for raw in (*_HALVES, *_NO_UTF8):
        yield replaced(b"A. Muster", raw)


def _units(text: str) -> list[int]:
    data = text.encode("utf-16-be")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def _with_instants() -> Iterator[bytes]:
    field = b'"submitted_at":"'
    start = GOOD.index(field) + len(field)
    end = GOOD.index(b'"', start)
    for text in _INSTANTS:
        yield GOOD[:start] + text.encode() + GOOD[end:]


def _nested() -> Iterator[bytes]:
    for depth in (10, 900, 5_000, 200_000):
        for opening, closing in ((b"[", b"]"), (b'{"x":', b"}")):
            value = opening * depth + b"0" + closing * depth
            yield replaced(b'"currency":"EUR"', b'"currency":"EUR","more":' + value)
            yield value
