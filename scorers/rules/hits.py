"""What the rules in force say of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, get_args

from schemas.types import Control
from scorers.features.batch import Floats, Integers
from scorers.quality import Flags
from scorers.rules.rule import RuleHit

_CONTROLS: Final[tuple[Control, ...]] = get_args(Control)


@dataclass(frozen=True)
class RuleHits:
    """Columns with a value for each parcel, and who said so for the parcels that rules match.

    hold: a mandatory hold. It beats every mandatory clear; both are among the hits.
    clear: a mandatory clear that no mandatory hold beats.
    adjustment: logits to add to the score.
    severity: harm to security in EUR, the highest that a rule says.
    parcels, rules: parcel and rule (a place in `notes`) of each match, by parcel, then by rule.
    """

    hold: Flags
    clear: Flags
    adjustment: Floats
    severity: Floats
    parcels: Integers
    rules: Integers
    notes: tuple[RuleHit, ...]

    def of(self, parcel: int) -> tuple[RuleHit, ...]:
        """Return what rules say of one parcel, in the order of their ids."""
        return tuple(self._by_parcel.get(parcel, ()))

    def controls_of(self, parcel: int) -> tuple[Control, ...]:
        """Return the controls that rules recommend for one parcel, the lightest first."""
        asked = {control for hit in self.of(parcel) for control in hit.controls}
        return tuple(control for control in _CONTROLS if control in asked)

    @cached_property
    def _by_parcel(self) -> dict[int, list[RuleHit]]:
        # Made once for a batch: looking one parcel up in the arrays costs ten microseconds.
        grouped: dict[int, list[RuleHit]] = {}
        for parcel, rule in zip(self.parcels.tolist(), self.rules.tolist(), strict=True):
            grouped.setdefault(parcel, []).append(self.notes[rule])
        return grouped
