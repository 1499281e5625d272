"""What the lists in force say of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from schemas.types import Control
from scorers.features.batch import Floats, Integers
from scorers.lists.entries import Entry, Kind, Subject

Flags = npt.NDArray[np.bool_]

MAX_HITS: Final = 16
"""Hits of one parcel that are told, the weightiest first; masks and score know them all."""

_CONTROLS: Final[tuple[Control, ...]] = get_args(Control)
_MAX_TEXT: Final = 256
_WORDS: Final[dict[Kind, str]] = {
    "prohibited": "prohibited goods",
    "watch": "watch list",
    "restricted": "restricted",
    "stop": "says nothing of the goods",
    "allow": "trusted",
}


class ListHit(NamedTuple):
    """One entry found in one parcel, in words that an officer may see.

    `source` is the column that it was found in, `shown` the listed value (initials only of names
    and addresses), `reference` the name to look the entry up by, `similarity` 0 to 100.
    """

    list: str
    kind: Kind
    subject: Subject
    reference: str
    shown: str
    source: str
    reason_code: str
    text: str
    control: Control | None
    score: float
    similarity: float


def hit_of(entry: Entry, source: str, similarity: float) -> ListHit:
    """Return what is told of an entry that was found."""
    shown = entry.shown
    alike = f", {similarity:.0f} % alike" if entry.subject == "name" else ""
    text = f"{_WORDS[entry.kind]} ({entry.reference}): {source} {shown}{alike}"
    return ListHit(
        entry.list,
        entry.kind,
        entry.subject,
        entry.reference,
        shown,
        source,
        entry.code,
        text[:_MAX_TEXT],
        entry.control or None,
        entry.score,
        similarity,
    )


@dataclass(frozen=True)
class ListHits:
    """Columns with a value for each parcel, and what was found in those that lists match.

    hold: a watch list or prohibited goods: a mandatory hold.
    allow: trusted, and no list holds it. Rules and budgets still may.
    adjustment: logits to add to the score.
    severity: harm to security in EUR, the highest that an entry says.
    parcels: the parcel of each of `hits`, ascending.
    cut: names of the batch that were compared with the likeliest listed ones only.
    """

    hold: Flags
    allow: Flags
    adjustment: Floats
    severity: Floats
    parcels: Integers
    hits: tuple[ListHit, ...]
    cut: int = 0

    def of(self, parcel: int) -> tuple[ListHit, ...]:
        """Return what lists say of one parcel, the weightiest first."""
        return tuple(self._by_parcel.get(parcel, ()))

    def controls_of(self, parcel: int) -> tuple[Control, ...]:
        """Return the controls that lists recommend for one parcel, the lightest first."""
        asked = {hit.control for hit in self.of(parcel)}
        return tuple(control for control in _CONTROLS if control in asked)

    @cached_property
    def _by_parcel(self) -> dict[int, list[ListHit]]:
        grouped: dict[int, list[ListHit]] = {}
        for parcel, hit in zip(self.parcels.tolist(), self.hits, strict=True):
            grouped.setdefault(parcel, []).append(hit)
        return grouped
