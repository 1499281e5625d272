"""Small pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, get_args, get_origin

_NAMES: Final = {str: "text", int: "whole number", float: "number", bool: "true or false"}


def page(title: str, lead: str, *parts: str) -> str:
    """Return a page; the notice tells readers of the source where to change it."""
    notice = "<!-- Made from the code by `make reference`: change it there. -->"
    return "\n\n".join([notice, f"# {title}", lead, *parts]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a line break in a cell becomes a space.

    >>> print(table(["a", "b"], [["1", "x|y"]]))
    | a | b |
    |---|---|
    | 1 | x\\|y |
    """
    lines = [head, ["---"] * len(head), *rows]
    texts = ["| " + " | ".join(map(_cell, line)) + " |" for line in lines]
    texts[1] = texts[1].replace(" ", "")
    return "\n".join(texts)


def code(text: object) -> str:
    """Return inline code, and nothing for nothing.

    >>> code("a"), code("")
    ('`a`', '')
    """
    return f"`{text}`" if str(text) else ""


def kind_of(annotation: object) -> str:
    """Return what a Python type is called on the pages.

    >>> from typing import Literal
    >>> kind_of(int), kind_of(Literal["a", "b"]), kind_of(str | None)
    ('whole number', '`a`, `b`', 'text')
    """
    if annotation in _NAMES:
        return _NAMES[annotation]  # type: ignore[index]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (list, tuple):
        return kind_of(arguments[0])
    if origin is dict:
        return "table"
    if arguments and origin is not None and not isinstance(arguments[0], str):
        return kind_of(arguments[0])
    if arguments:
        return ", ".join(map(code, arguments))
    return str(getattr(annotation, "__name__", annotation)).lower()


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
