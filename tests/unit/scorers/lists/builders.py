"""Entries and books for the tests of lists."""

from __future__ import annotations

from typing import Any

from schemas.manifest import Manifest
from scorers.features.declared import DeclaredTable
from scorers.lists.book import ListBook
from scorers.lists.entries import Entry
from scorers.lists.hits import ListHit, ListHits


def make_entry(**changes: Any) -> Entry:
    """Return a watched seller's entry with `changes`."""
    parts: dict[str, Any] = {
        "list": "risks",
        "kind": "watch",
        "subject": "seller",
        "value": "seller-7",
    }
    return Entry(**{**parts, **changes})


def match(entries: list[Entry], *manifests: Manifest) -> ListHits:
    """Return what a book of these entries says of parcels."""
    return ListBook(entries).match(DeclaredTable(manifests))


def found(entry: Entry, manifest: Manifest) -> tuple[ListHit, ...]:
    """Return the hits of one entry in one parcel."""
    return match([entry], manifest).of(0)
