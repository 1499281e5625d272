"""Faulty data, by honest people and others alike: what a signal must not be mistaken for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from streams.simulator.drafts import Draft
from streams.simulator.draws import Draws, Popularity

_HEADING: Final = 4
"""Digits of an HS heading: what is left where the subheading is missing."""


def _wrong_check_digit(draft: Draft, draws: Draws) -> None:
    draft.check_digit_off = 1 + draws.below(9)


def _heading_only(draft: Draft, draws: Draws) -> None:
    line = draws.one(draft.lines)
    line.hs_code = line.hs_code[:_HEADING]


def _wrong_hs(draft: Draft, draws: Draws) -> None:
    draws.one(draft.lines).hs_code = draws.one(("000000", "999999", "990000", "n/a"))


def _too_light(draft: Draft, draws: Draws) -> None:
    draft.gross_factor = draws.between(0.2, 0.8)


def _wrong_total(draft: Draft, draws: Draws) -> None:
    draft.total_factor = draws.one((0.5, 0.9, 1.1, 1.2, 2.0))


def _no_description(draft: Draft, draws: Draws) -> None:
    draws.one(draft.lines).description = ""


def _no_origin(draft: Draft, _: Draws) -> None:
    for line in draft.lines:
        line.origin = ""


def _wrong_ioss(draft: Draft, draws: Draws) -> None:
    """Lose the last digit, or take the intermediary's own number for the seller's."""
    if draft.ioss:
        draft.ioss = draft.ioss[:-1] if draws.chance(0.5) else f"IN{draft.ioss[2:]}"


_FAULTS: Final[Popularity[Callable[[Draft, Draws], None]]] = Popularity(
    (
        _wrong_check_digit, _heading_only, _wrong_hs, _too_light, _wrong_total, _no_description,
        _no_origin, _wrong_ioss,
    ),
    (25, 20, 5, 15, 15, 5, 10, 5),
)  # fmt: skip


def spoil(draft: Draft, draws: Draws) -> None:
    """Put one fault into `draft`."""
    _FAULTS.pick(draws.u())(draft, draws)
