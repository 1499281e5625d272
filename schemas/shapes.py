"""What records are made of, in terms that other languages have as well."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any, Final, Literal, NamedTuple

from msgspec import NODEFAULT, inspect

Kind = Literal["text", "integer", "number", "flag", "instant", "texts", "anything", "record"]
"""`texts` are texts by name, `anything` is what JSON objects hold; a `record` is one of ours."""

_PLAIN: Final[dict[type[inspect.Type], Kind]] = {
    inspect.StrType: "text",
    inspect.LiteralType: "text",
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.BoolType: "flag",
    inspect.DateTimeType: "instant",
}


class Field(NamedTuple):
    """A field: what it holds, whether many, whether it must be there, and what it means.

    `record` is the name of the type of a record. What need not be there has a `default`; it may be
    null only if that is what it is without a value.
    """

    name: str
    kind: Kind
    record: str
    repeated: bool
    needed: bool
    default: Any
    about: str


class Shape(NamedTuple):
    """One type of record."""

    name: str
    about: str
    fields: tuple[Field, ...]


def shapes_of(record: type[Any]) -> list[Shape]:
    """Return a record's shape, and then those of the records within it, each once.

    >>> from schemas.manifest import Manifest
    >>> [shape.name for shape in shapes_of(Manifest)]
    ['Manifest', 'Party', 'Item']
    """
    found: dict[str, Shape] = {}
    _add(inspect.type_info(record), found)
    return list(found.values())


def prose(docstring: str) -> str:
    """Return what a docstring says, without its examples.

    >>> prose("One.\\n\\n    More.\\n\\n    >>> 1\\n    1\\n    ")
    'One.\\n\\nMore.'
    """
    return cleandoc(docstring).partition(">>>")[0].rstrip()


def _add(described: inspect.Type, found: dict[str, Shape]) -> None:
    if not isinstance(described, inspect.StructType) or described.cls.__name__ in found:
        return
    name = described.cls.__name__
    fields = [(field, *_parted(field.type)) for field in described.fields]
    found[name] = Shape(
        name, prose(described.cls.__doc__ or ""), tuple(_field(*field) for field in fields)
    )
    for _, inner, _ in fields:
        _add(_element(inner)[0], found)


def _field(field: inspect.Field, inner: inspect.Type, about: str) -> Field:
    element, note = _element(inner)
    record = element.cls.__name__ if isinstance(element, inspect.StructType) else ""
    default = None if field.default is NODEFAULT else field.default
    return Field(
        field.encode_name,
        _kind(element),
        record,
        element is not inner,
        field.required,
        default,
        about or note,
    )


def _parted(described: inspect.Type) -> tuple[inspect.Type, str]:
    """Return a type without its notes and without null, and what the notes say of it."""
    notes = list(_notes(described))
    about = next((str(note["description"]) for note in notes if "description" in note), "")
    while isinstance(described, (inspect.Metadata, inspect.UnionType)):
        if isinstance(described, inspect.Metadata):
            described = described.type
        else:
            (described,) = (one for one in described.types if not isinstance(one, inspect.NoneType))
    if isinstance(described, inspect.LiteralType):
        values = ", ".join(f"`{value}`" for value in described.values if value)
        about = f"{about} One of {values}.".strip()
    return described, about


def _notes(described: inspect.Type) -> Iterator[dict[str, Any]]:
    """Yield the notes of a type, the outermost first."""
    if isinstance(described, inspect.Metadata):
        yield described.extra_json_schema or {}
        yield from _notes(described.type)
    elif isinstance(described, inspect.UnionType):
        for one in described.types:
            yield from _notes(one)


def _element(described: inspect.Type) -> tuple[inspect.Type, str]:
    """Return the type of what a collection holds, or the type itself, and what is said of it."""
    if isinstance(described, (inspect.VarTupleType, inspect.ListType)):
        return _parted(described.item_type)
    return described, ""


def _kind(described: inspect.Type) -> Kind:
    """Return what other languages call a type; raise `TypeError` if nothing stands for it."""
    if isinstance(described, inspect.StructType):
        return "record"
    if isinstance(described, inspect.DictType):
        value, _ = _parted(described.value_type)
        return "anything" if isinstance(value, inspect.AnyType) else "texts"
    if type(described) in _PLAIN:
        return _PLAIN[type(described)]
    raise TypeError(f"expected a type of records, got {described}")
