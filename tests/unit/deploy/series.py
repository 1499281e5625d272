"""Which of our metrics a query names."""

from __future__ import annotations

import re

from streams.metrics import DECLARED

_OURS = re.compile(r"\bgreenlane[_:][a-z0-9_:]+")


def named(query: str) -> set[str]:
    """Return the names of our series in a query."""
    return set(_OURS.findall(query))


def undeclared(query: str) -> set[str]:
    """Return the names in a query that no declared metric has."""
    return named(query) - {name for one in DECLARED.values() for name in one.names}
