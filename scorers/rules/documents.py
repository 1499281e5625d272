"""YAML read as marked nodes: plain mappings, lists and scalars only, each with its line.

Scalars are taken as they are written. So `NO` is Norway and 010121 a heading, where YAML 1.1 would
make a boolean and an octal number of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, Final

import yaml

from scorers.rules.problems import Problem, RuleError, Scope, described, shown, with_nearest

MAX_BYTES: Final = 4 * 1024 * 1024
_MAX_DEPTH: Final = 32
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN: Final = "one document of plain YAML"
_NULL: Final = "tag:yaml.org,2002:null"
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")

Entries = dict[str, tuple[yaml.Node, yaml.Node]]
"""The entries of a mapping by key, each with the nodes of its key and value."""


def parse(file: str, data: bytes) -> yaml.Node:
    """Return the one document in `data`; raise `RuleError` if it is not plain YAML in UTF-8."""
    if len(data) > MAX_BYTES:
        raise RuleError([Problem(file, 0, "", f"at most {MAX_BYTES} bytes", str(len(data)))])
    try:
        text = data.decode("utf-8-sig")
        _check_plain(file, text)
        node = yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RuleError([Problem(file, line, "", "text in UTF-8", "other bytes")]) from None
    except yaml.YAMLError as error:
        raise RuleError([_malformed(file, text, error)]) from None
    if node is None:
        raise RuleError([Problem(file, 1, "", "a mapping with `rules`", "an empty file")])
    return node


def entries(node: yaml.Node, scope: Scope, known: Collection[str] | None = None) -> Entries:
    """Return a mapping's entries; note what is no mapping, unknown keys and repeated ones."""
    if not isinstance(node, yaml.MappingNode):
        scope.refuse(node, "a mapping")
        return {}
    found: Entries = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else None
        if name is None:
            scope.refuse(key, "a name as key")
        elif name in found:
            scope.inside(name).refuse(key, "a key once", "it again")
        elif known is not None and name not in known:
            expected = with_nearest(f"one of {', '.join(known)}", name, list(known))
            scope.refuse(key, expected, shown(name))
        else:
            found[name] = (key, value)
    return found


def elements(node: yaml.Node, scope: Scope) -> list[tuple[yaml.Node, Scope]]:
    """Return a list's elements, each with its scope; note what is no list, or an empty one."""
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        got = "an empty one" if isinstance(node, yaml.SequenceNode) else described(node)
        scope.refuse(node, "a list", got)
        return []
    return [(child, scope.inside(f"[{place}]")) for place, child in enumerate(node.value)]


def text_of(node: yaml.Node, scope: Scope, expected: str = "a text") -> str | None:
    """Return a scalar as it is written; note what is none."""
    if isinstance(node, yaml.ScalarNode) and node.tag != _NULL:
        return str(node.value)
    scope.refuse(node, expected)
    return None


def matched(node: yaml.Node, scope: Scope, form: re.Pattern[str], expected: str) -> str | None:
    """Return a scalar that has the whole `form`; note any other."""
    text = text_of(node, scope, expected)
    if text is None or form.fullmatch(text):
        return text
    scope.refuse(node, expected)
    return None


def number_of(node: yaml.Node, scope: Scope, expected: str = "a finite number") -> float | None:
    """Return a scalar as a finite float; note any other."""
    text = matched(node, scope, _NUMBER, expected)
    if text is None:
        return None
    value = float(text)
    if value not in (float("inf"), float("-inf")):
        return value
    scope.refuse(node, expected)
    return None


def truth_of(node: yaml.Node, scope: Scope) -> bool | None:
    """Return whether a scalar is `true`; note what is neither that nor `false`."""
    text = matched(node, scope, re.compile("true|false"), "true or false")
    return None if text is None else text == "true"


def _check_plain(file: str, text: str) -> None:
    """Refuse what makes more of a document than it shows, before nodes are made of it."""
    depth = 0
    for event in _body(yaml.parse(text, Loader=_LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        odd = _oddity(event) if depth <= _MAX_DEPTH else f"more than {_MAX_DEPTH} levels"
        if odd:
            raise RuleError([Problem(file, _line(event.start_mark), "", _PLAIN, odd)])


def _body(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """Yield events without the start of the stream and of the first document."""
    started = False
    for event in events:
        if not isinstance(event, yaml.DocumentStartEvent) or started:
            yield event
        else:
            started = True


def _oddity(event: yaml.Event) -> str:
    """Return what is not plain in an event, or an empty text."""
    if isinstance(event, yaml.DocumentStartEvent):
        return "a second document"
    if getattr(event, "anchor", None) is not None:
        return "an anchor or alias"
    if getattr(event, "tag", None) is not None:
        return "a tag"
    return ""


def _malformed(file: str, text: str, error: yaml.YAMLError) -> Problem:
    # A character that YAML forbids has a position, everything else a mark.
    position = getattr(error, "position", 0)
    line = _line(getattr(error, "problem_mark", None)) or text.count("\n", 0, position) + 1
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "malformed text"
    return Problem(file, line, "", "valid YAML", str(said))


def _line(mark: Any) -> int:
    """Return the line of a mark, counted from 1; 0 where there is none."""
    return 0 if mark is None else int(mark.line) + 1
