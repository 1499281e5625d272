"""A record type as arrays: which keys its objects have, what may stand there, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import inspect

from scorers.features.texts import Bytes, Places, texts_of

Numbers = npt.NDArray[np.float64]
Slots = dict[str, tuple[int, int, int]]

PARCEL: Final = 0
ITEM: Final = 1

MAX_KEYS: Final = 63
"""Of an object: those that were read are bits of an integer."""


class Kind(IntEnum):
    """What stands at a key."""

    TEXT = 0
    CHOICE = 1
    NUMBER = 2
    INTEGER = 3
    INSTANT = 4
    OBJECT = 5
    OBJECTS = 6
    MAPPING = 7


_NUMBERS: Final = frozenset({Kind.NUMBER, Kind.INTEGER, Kind.INSTANT})


class Layout(NamedTuple):
    """Objects (by number, the root is 0) and their keys (all in one table), for compiled code.

    `objects` has a line for each object with the columns FIRST to REQUIRED, `keys` one for each key
    with NAME to LEVEL, `bounds` the least and the greatest number, length of a text or of an array.
    `words` are the places and sizes in `data` of names, choices and of what an absent text is.
    `texts` and `numbers` are the columns by path (`items.FIELD` for those of items): the level, and
    how many columns of parcels and of items stand before, which `lines` are for each key. `counts`
    are how many columns of texts and of numbers each level has, `optional` the objects that may be
    missing.
    """

    objects: Places
    keys: Places
    bounds: Numbers
    words: Places
    data: Bytes
    lines: Places
    texts: Slots
    numbers: Slots
    counts: tuple[tuple[int, int], tuple[int, int]]
    optional: frozenset[str]


FIRST, LAST, REQUIRED = range(3)
"""Columns of `Layout.objects`: the first key, the one behind the last, those needed, as bits."""

NAME, KIND, SLOT, ABOVE, NULLABLE, CHILD, CHOICES, CHOICES_END, ABSENT, LEVEL = range(10)
"""Columns of `Layout.keys`. CHOICES to before CHOICES_END are words, as NAME and ABSENT are; ABOVE
excludes the lower bound itself; CHILD is the object that stands there."""


@cache
def layout_of(record: type[msgspec.Struct], version: int) -> Layout:
    """Return the layout of a record type whose field `schema_version` must be `version`."""
    return _Compiler(version).compile(record)


_Levels = tuple[dict[str, int], dict[str, int]]
"""Columns of parcels and of items: the place of each path."""


@dataclass
class _Key:
    name: str
    kind: Kind
    slot: int = -1
    low: float = -np.inf
    high: float = np.inf
    above: bool = False
    nullable: bool = False
    required: bool = False
    child: int = -1
    choices: tuple[str, ...] = ()
    absent: str = ""
    level: int = PARCEL


@dataclass
class _Compiler:
    """Walks the types of a record; nested objects become paths of the level that they are in."""

    version: int
    objects: list[list[_Key]] = field(default_factory=list)
    texts: _Levels = field(default_factory=lambda: ({}, {}))
    numbers: _Levels = field(default_factory=lambda: ({}, {}))
    optional: list[str] = field(default_factory=list)

    def compile(self, record: type[msgspec.Struct]) -> Layout:
        self._object(inspect.type_info(record), "", PARCEL)
        return self._laid_out()

    def _object(self, info: Any, prefix: str, level: int) -> int:
        number = len(self.objects)
        if len(info.fields) > MAX_KEYS:
            raise ValueError(f"{info.cls.__name__}: expected at most {MAX_KEYS} fields")
        self.objects.append([])
        keys = [self._key(one, prefix, level) for one in info.fields]
        self.objects[number].extend(keys)
        return number

    def _key(self, one: Any, prefix: str, level: int) -> _Key:
        path = prefix + one.name
        kind, nullable = _plain(one.type)
        made = self._leaf(kind, path, level)
        made.name, made.level = one.encode_name, level
        made.nullable, made.required = nullable, one.required
        if isinstance(one.default, str):
            made.absent = one.default
        if nullable and made.kind is Kind.OBJECT:
            self.optional.append(path)
        if path == "schema_version":
            made.low = made.high = self.version
        return made

    def _leaf(self, info: Any, path: str, level: int) -> _Key:
        match info:
            case inspect.StrType():
                low, high = _lengths(info)
                return _Key("", Kind.TEXT, _next(self.texts[level], path), low, high)
            case inspect.LiteralType():
                slot = _next(self.texts[level], path)
                return _Key("", Kind.CHOICE, slot, choices=tuple(map(str, info.values)))
            case inspect.IntType() | inspect.FloatType():
                kind = Kind.INTEGER if isinstance(info, inspect.IntType) else Kind.NUMBER
                low, high, above = _bounds(info)
                return _Key("", kind, _next(self.numbers[level], path), low, high, above)
            case inspect.DateTimeType():
                return _Key("", Kind.INSTANT, _next(self.numbers[level], path))
            case inspect.StructType():
                return _Key("", Kind.OBJECT, child=self._object(info, f"{path}.", level))
            case inspect.VarTupleType():
                low, high = _lengths(info)
                child = self._object(info.item_type, f"{path}.", ITEM)
                return _Key("", Kind.OBJECTS, low=low, high=high, child=child)
            case inspect.DictType():
                _, high = _lengths(info)
                key, value = _lengths(info.key_type)[1], _lengths(info.value_type)[1]
                slot = _next(self.texts[level], path)
                # The longest key and value stand where bounds of numbers would.
                return _Key("", Kind.MAPPING, slot, float(key), float(value), child=int(high))
        raise TypeError(f"{path}: expected a type that a scanner can read, got {info!r}")

    def _laid_out(self) -> Layout:
        keys = [key for keys in self.objects for key in keys]
        ends = np.cumsum([len(keys) for keys in self.objects]).tolist()
        required = [
            sum(key.required << bit for bit, key in enumerate(keys)) for keys in self.objects
        ]
        words: list[str] = []
        rows = [_row(key, words) for key in keys]
        texts = texts_of(words)
        return Layout(
            objects=np.array([*zip([0, *ends[:-1]], ends, required, strict=True)], np.int64),
            keys=np.array(rows, np.int64),
            bounds=np.array([(key.low, key.high) for key in keys]),
            words=np.stack([texts.starts, texts.sizes], axis=1),
            data=texts.data,
            lines=np.array([self._before(key) for key in keys], np.int64),
            texts=_slots(self.texts),
            numbers=_slots(self.numbers),
            counts=(_counts(self.texts), _counts(self.numbers)),
            optional=frozenset(self.optional),
        )

    def _before(self, key: _Key) -> tuple[int, int]:
        """Return how many columns of parcels and of items stand before that of a key."""
        columns = self.numbers if key.kind in _NUMBERS else self.texts
        return _before(key.level, key.slot, columns)


def _plain(info: Any) -> tuple[Any, bool]:
    """Return a type without its metadata and None, and whether None is allowed."""
    while isinstance(info, inspect.Metadata):
        info = info.type
    if isinstance(info, inspect.UnionType):
        (one,) = (kind for kind in info.types if not isinstance(kind, inspect.NoneType))
        return _plain(one)[0], True
    return info, False


def _lengths(info: Any) -> tuple[float, float]:
    info = _plain(info)[0]
    high = np.inf if info.max_length is None else info.max_length
    return float(info.min_length or 0), float(high)


def _bounds(info: Any) -> tuple[float, float, bool]:
    """Return the bounds of a number, and whether the lower one is excluded."""
    if info.lt is not None or info.multiple_of is not None:
        raise TypeError(f"expected bounds ge, gt and le, got {info!r}")
    low = info.ge if info.gt is None else info.gt
    return (
        -np.inf if low is None else float(low),
        np.inf if info.le is None else float(info.le),
        info.gt is not None,
    )


def _next(slots: dict[str, int], path: str) -> int:
    return slots.setdefault(path, len(slots))


def _before(level: int, slot: int, levels: _Levels) -> tuple[int, int]:
    return (slot, 0) if level == PARCEL else (len(levels[PARCEL]), slot)


def _slots(levels: _Levels) -> Slots:
    return {
        path: (level, *_before(level, slot, levels))
        for level, slots in enumerate(levels)
        for path, slot in slots.items()
    }


def _counts(levels: _Levels) -> tuple[int, int]:
    return len(levels[PARCEL]), len(levels[ITEM])


def _row(key: _Key, words: list[str]) -> list[int]:
    """Return the line of a key, and add its words to those of others."""
    start = len(words)
    words += [key.name, key.absent, *key.choices]
    span = [start + 2, len(words)]
    flags = [key.above, key.nullable]
    return [start, key.kind, key.slot, *flags, key.child, *span, start + 1, key.level]
