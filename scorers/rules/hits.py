"""What the rules in force say of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

import numpy as np

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
    parcels, rules: parcel and rule (a place in `notes`) of each match, by parcel, then by rule.
    """

    hold: Flags
    clear: Flags
    adjustment: Floats
    parcels: Integers
    rules: Integers
    notes: tuple[RuleHit, ...]

    def of(self, parcel: int) -> tuple[RuleHit, ...]:
        """Return what rules say of one parcel, in the order of their ids."""
        first, last = np.searchsorted(self.parcels, (parcel, parcel + 1))
        return tuple(self.notes[rule] for rule in self.rules[first:last].tolist())

    def controls_of(self, parcel: int) -> tuple[Control, ...]:
        """Return the controls that rules recommend for one parcel, the lightest first."""
        asked = {control for hit in self.of(parcel) for control in hit.controls}
        return tuple(control for control in _CONTROLS if control in asked)
