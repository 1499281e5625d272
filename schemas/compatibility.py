"""Whether a schema can take the place of a released one without breaking those who use it.

Every record that one side writes must be readable by the other, which may know only the released
schema. So for records that others write, all that was valid must stay valid; for those that
Greenlane writes, all that is valid now must have been valid, and no field may go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from schemas.channels import Writer

Schema = dict[str, Any]

_LEAST: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_MOST: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EXACT: Final = ("format", "pattern", "contentEncoding")


def breaking_changes(released: Schema, current: Schema, written_by: Writer) -> list[str]:
    """Return what breaks users of `released`, a line each, if `current` takes its place.

    >>> least = {"type": "integer", "minimum": 1}
    >>> breaking_changes({"type": "integer"}, least, "others")
    ['$: minimum is 1, was not set']
    >>> breaking_changes({"type": "integer"}, least, "greenlane")
    []
    """
    if written_by == "others":
        return list(_Reading(released, current, ("was", "is")).problems())
    return [
        *_Reading(current, released, ("is", "was")).problems(),
        *_removed(released, released, current, current, "$"),
    ]


class _Reading:
    """Finds records that are valid by `written` and not by `read`.

    `tenses` say which of the two schemas is the released one: "was" belongs to it.
    """

    def __init__(self, written: Schema, read: Schema, tenses: tuple[str, str]) -> None:
        self._written = written
        self._read = read
        self._tenses = tenses

    def problems(self) -> Iterator[str]:
        """Yield what is wrong, with the path."""
        yield from self._node(self._written, self._read, "$")

    def _node(self, written: Schema, read: Schema, path: str) -> Iterator[str]:
        written, read = resolved(self._written, written), resolved(self._read, read)
        if "anyOf" in written or "anyOf" in read:
            yield from self._choices(written, read, path)
            return
        yield from self._types(written, read, path)
        yield from self._bounds(written, read, path)
        yield from self._fields(written, read, path)
        for key, step in (("items", "[...]"), ("additionalProperties", ".*")):
            if isinstance(read.get(key), dict):
                yield from self._node(_or_anything(written.get(key)), read[key], path + step)

    def _choices(self, written: Schema, read: Schema, path: str) -> Iterator[str]:
        """Yield a problem for each written choice that no choice of the reader takes."""
        takes = read.get("anyOf", [read])
        for choice in written.get("anyOf", [written]):
            tried = [list(self._node(choice, one, path)) for one in takes]
            if all(tried):
                yield from min(tried, key=len)

    def _types(self, written: Schema, read: Schema, path: str) -> Iterator[str]:
        has, takes = written.get("type"), read.get("type")
        if takes is not None and has != takes and (has, takes) != ("integer", "number"):
            yield self._told(path, "type", has, takes)
        allowed, values = _values(read), _values(written)
        if allowed is not None and (values is None or not values <= allowed):
            yield self._told(path, "values", _shown(values), _shown(allowed))
        for key in _EXACT:
            if key in read and written.get(key) != read[key]:
                yield self._told(path, key, written.get(key), read[key])

    def _bounds(self, written: Schema, read: Schema, path: str) -> Iterator[str]:
        for keys, sign in ((_LEAST, 1), (_MOST, -1)):
            for key in keys:
                limit, has = read.get(key), written.get(key)
                if limit is not None and (has is None or sign * has < sign * limit):
                    yield self._told(path, key, has, limit)

    def _fields(self, written: Schema, read: Schema, path: str) -> Iterator[str]:
        for name in read.get("required", ()):
            if name not in written.get("required", ()):
                yield self._told(f"{path}.{name}", "it", "optional", "required")
        known = written.get("properties", {})
        for name, inner in read.get("properties", {}).items():
            if name not in known:
                continue
            # Both sides leave a default out, so it is part of the meaning.
            if (
                "default" in inner
                and known[name].get("default", inner["default"]) != inner["default"]
            ):
                yield self._told(
                    f"{path}.{name}", "default", known[name]["default"], inner["default"]
                )
            yield from self._node(known[name], inner, f"{path}.{name}")

    def _told(self, path: str, what: str, written: object, read: object) -> str:
        said = dict(zip(self._tenses, (written, read), strict=True))
        now, before = ("not set" if said[tense] is None else said[tense] for tense in ("is", "was"))
        return f"{path}: {what} is {now}, was {before}"


def resolved(schema: Schema, node: Schema) -> Schema:
    """Return the definition in `schema` that a node refers to, or the node itself."""
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _removed(
    old_root: Schema, old: Schema, new_root: Schema, new: Schema, path: str
) -> Iterator[str]:
    """Yield the fields of `old` that `new` lacks, at any depth."""
    old, new = _present(old_root, old), _present(new_root, new)
    has = new.get("properties", {})
    for name, inner in old.get("properties", {}).items():
        if name not in has:
            yield f"{path}.{name}: it is gone"
        else:
            yield from _removed(old_root, inner, new_root, has[name], f"{path}.{name}")
    if isinstance(old.get("items"), dict):
        after = _or_anything(new.get("items"))
        yield from _removed(old_root, old["items"], new_root, after, f"{path}[...]")


def _present(schema: Schema, node: Schema) -> Schema:
    """Return what a node is when it is there: the choice that is not null, if there is one."""
    node = resolved(schema, node)
    choices = [one for one in node.get("anyOf", ()) if one.get("type") != "null"]
    return resolved(schema, choices[0]) if len(choices) == 1 else node


def _or_anything(schema: object) -> Schema:
    return schema if isinstance(schema, dict) else {}


def _values(schema: Schema) -> set[Any] | None:
    """Return the values that a schema allows, or None if it does not list them."""
    if "const" in schema:
        return {schema["const"]}
    return set(schema["enum"]) if "enum" in schema else None


def _shown(values: set[Any] | None) -> str | None:
    return None if values is None else ", ".join(sorted(map(repr, values)))
