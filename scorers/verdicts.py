"""What rules, lists and alerts say of a batch, together."""

from __future__ import annotations

from typing import Final, get_args

import numpy as np
import numpy.typing as npt

from schemas.decision import Reason
from schemas.types import Control
from scorers.alerts import AlertHits
from scorers.features.batch import Floats
from scorers.features.declared import DeclaredTable
from scorers.features.tables import ManifestTable
from scorers.lists.entries import HOLDING
from scorers.lists.hits import ListHits
from scorers.policybook import PolicyBook
from scorers.rules.hits import RuleHits

Flags = npt.NDArray[np.bool_]

_CONTROLS: Final[tuple[Control, ...]] = get_args(Control)
_HOLD, _CLEAR, _OTHER = range(3)
_RANKS: Final = {"hold": _HOLD, "clear": _CLEAR}


class Verdicts:
    """Columns with a value for each parcel, and what to tell of those that something matches.

    hold: a mandatory hold; it beats every clear.
    clear: a mandatory clear.
    allow: on a list of trusted parties, and not held.
    adjustment: logits to add to the score.
    severity: harm to security in EUR, the highest that one of them says.
    """

    def __init__(self, rules: RuleHits, lists: ListHits, alerts: AlertHits) -> None:
        self._rules = rules
        self._lists = lists
        self._alerts = alerts
        self.hold: Flags = rules.hold | lists.hold
        self.clear: Flags = rules.clear & ~self.hold
        self.allow: Flags = lists.allow & ~self.hold
        self.adjustment = rules.adjustment + lists.adjustment + alerts.adjustment
        self.severity = np.maximum(rules.severity, lists.severity)
        # Most parcels match nothing: asking a set is much less than asking for their hits.
        self.matched = {*rules.parcels.tolist(), *lists.parcels.tolist(), *alerts.matched}

    def reasons(self, parcel: int) -> tuple[Reason, ...]:
        """Return what is told of a parcel: mandatory holds, mandatory clears, the weightiest."""
        if parcel not in self.matched:
            return ()
        found = [(_RANKS.get(hit.action, _OTHER), hit.reason) for hit in self._rules.of(parcel)]
        for hit in self._lists.of(parcel):
            reason = Reason(hit.reason_code, hit.text, "list", round(hit.score, 4))
            found.append((_HOLD if hit.kind in HOLDING else _OTHER, reason))
        found += [(_OTHER, reason) for reason in self._alerts.reasons(parcel)]
        found.sort(key=lambda one: (one[0], -one[1].contribution))
        return tuple(reason for _, reason in found)

    def controls(self, parcel: int) -> tuple[Control, ...]:
        """Return the controls that are recommended for a parcel, the lightest first."""
        if parcel not in self.matched:
            return ()
        asked = {*self._rules.controls_of(parcel), *self._lists.controls_of(parcel)}
        return tuple(control for control in _CONTROLS if control in asked)


def verdicts_of(book: PolicyBook, table: ManifestTable, times: Floats | None = None) -> Verdicts:
    """Return what the rules, lists and alerts of a book say of a batch, by when it was logged:
    `times`, in Unix seconds. Without any it counts when it was submitted."""
    rules, lists = book.rules.apply(table, times), list_hits(book, table, times)
    return Verdicts(rules, lists, book.alerts.apply(table))


def list_hits(book: PolicyBook, table: DeclaredTable, times: Floats | None = None) -> ListHits:
    """Return what the lists of a book say of a batch, looked for once."""
    return table.computed(f"lists {book.lists.version}", lambda: book.lists.match(table, times))
