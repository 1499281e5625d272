"""Records changed field by field: dropped, doubled, of another kind, extreme, nested, huge."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any, Final

from schemas.deadletter import Header
from tests.hostile import BOMBS, TRICKS, mutated

HEADERS: Final[Sequence[list[Header]]] = (
    [("content-encoding", b"gzip"), ("content-type", b"application/x-yaml")],
    [("__connect.errors.exception.message", None), ("__connect.errors.offset", b"-1")],
    [("traceparent", b"00-zz-\xff-01"), ("ce_id", b"\x00")],
    [("\u202eheader\x00", b"\xff\xfe"), ("", b"")],
    [("same", b"x" * 1_000)] * 100,
)

_OTHERS: Final = (
    None, True, 0, -1, 2**31, 2**63, 10**400, 1e308, -1e-308, 0.1, "", "0", "null", [], {},
    [[[[[[]]]]]], {"": {"": {"": 0}}}, ["x"] * 200, "x" * 20_000, "\\" * 300, *TRICKS.values(),
)  # fmt: skip

_HUGE: Final = "x" * 1_500_000
_ONE_HUGE_IN: Final = 20_000
_ONE_BOMB_IN: Final = 5_000


def hostile_record(rng: random.Random, values: Sequence[bytes]) -> bytes:
    """Return one of the values, changed in its fields, in its bytes, or in both."""
    if rng.randrange(_ONE_BOMB_IN) == 0:
        return rng.choice(BOMBS)
    kind = rng.random()
    if kind < 0.45:
        return mutated(rng, values)
    value = reshaped(rng, rng.choice(values))
    return mutated(rng, [value]) if kind < 0.6 else value


def hostile_headers(rng: random.Random) -> list[Header]:
    """Return headers as nobody should send them; most records have none."""
    return rng.choice(HEADERS) if rng.random() < 0.05 else []


def reshaped(rng: random.Random, value: bytes) -> bytes:
    """Return a record with up to three of its fields changed; what is no JSON stays as it is."""
    try:
        record = json.loads(value)
    except (ValueError, RecursionError):
        return value
    places = list(_places(record))
    for holder, key in rng.sample(places, min(rng.randint(1, 3), len(places))):
        _change(rng, holder, key)
    data = json.dumps(record, ensure_ascii=rng.random() < 0.5).encode(errors="surrogatepass")
    return _doubled(rng, record, data) if rng.random() < 0.1 else data


def _change(rng: random.Random, holder: Any, key: Any) -> None:
    """Change one field, if it is still there."""
    kind = rng.random()
    if isinstance(holder, list):
        if kind < 0.25:
            del holder[key:]
        elif kind < 0.85:
            holder[key : key + 1] = [_other(rng)]
        else:
            holder.extend(holder[:1] * rng.choice((1, 10, 60)))
    elif kind < 0.25:
        holder.pop(key, None)
    elif kind < 0.85:
        holder[key] = _other(rng)
    else:
        name = rng.choice(list(holder) or [""])
        holder[name] = holder.pop(key, None)


def _other(rng: random.Random) -> Any:
    if rng.randrange(_ONE_HUGE_IN) == 0:
        return _HUGE
    other = rng.choice(_OTHERS)
    # What is put in may be changed in its turn.
    return copy.deepcopy(other) if isinstance(other, dict | list) else other


def _places(record: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each container and key in a record."""
    keys: Any = ()
    if isinstance(record, dict):
        keys = list(record)
    elif isinstance(record, list):
        keys = range(len(record))
    for key in keys:
        yield record, key
        yield from _places(record[key])


def _doubled(rng: random.Random, record: Any, data: bytes) -> bytes:
    """Return an object that has one of its keys twice."""
    if not isinstance(record, dict) or not record:
        return data
    key = rng.choice(list(record))
    more = json.dumps({key: rng.choice(_OTHERS)}).encode()
    return more[:-1] + b"," + data[1:]
