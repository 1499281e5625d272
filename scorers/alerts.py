"""Alerts in force: parcels of series that are unusual now score higher, and are told why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np

from schemas.decision import Reason
from scorers.features.batch import Floats
from scorers.features.tables import ManifestTable
from scorers.series import key_of, series_keys

_CODES: Final = {"spike": "LANE-SPIKE", "price-collapse": "LANE-PRICES"}
_LANE_LOGITS: Final = 1.0
_OTHER_LOGITS: Final = 0.3
"""A platform, country or office has many parcels that have nothing to do with it."""


class ActiveAlert(NamedTuple):
    """An alert of the control tower that has not expired: its kind, its series, what it says."""

    alert_id: str
    kind: str
    about: str
    text: str

    @property
    def logits(self) -> float:
        """What a parcel of the series gets on top."""
        return _LANE_LOGITS if self.about.startswith("lane:") else _OTHER_LOGITS

    @property
    def reason(self) -> Reason:
        """What is told of a held parcel of the series."""
        return Reason(_CODES[self.kind], self.text, "policy", self.logits)


@dataclass(frozen=True)
class AlertHits:
    """What alerts add to the score of each parcel, and which ones match it."""

    adjustment: Floats
    matched: dict[int, tuple[ActiveAlert, ...]]

    def reasons(self, parcel: int) -> tuple[Reason, ...]:
        """Return what alerts say of a parcel."""
        return tuple(one.reason for one in self.matched.get(parcel, ()))


@dataclass(frozen=True)
class AlertBook:
    """The alerts in force. `version` names them in decisions; it is empty if there are none."""

    alerts: tuple[ActiveAlert, ...] = ()

    @cached_property
    def version(self) -> str:
        """Digest of the alerts."""
        if not self.alerts:
            return ""
        text = "\n".join(sorted(f"{one.alert_id} {one.text}" for one in self.alerts))
        return f"alerts-{blake2b(text.encode(), digest_size=4).hexdigest()}"

    def apply(self, table: ManifestTable) -> AlertHits:
        """Return what the alerts say of a batch."""
        adjustment = np.zeros(len(table))
        matched: dict[int, tuple[ActiveAlert, ...]] = {}
        if not self._by_key:
            return AlertHits(adjustment, matched)
        keys = series_keys(table)
        wanted = np.array(list(self._by_key), dtype=np.uint64)
        for line, parcel in np.argwhere(np.isin(keys, wanted)).tolist():
            alerts = self._by_key[int(keys[line, parcel])]
            matched[parcel] = matched.get(parcel, ()) + alerts
            adjustment[parcel] += sum(one.logits for one in alerts)
        return AlertHits(adjustment, matched)

    @cached_property
    def _by_key(self) -> dict[int, tuple[ActiveAlert, ...]]:
        found: dict[int, tuple[ActiveAlert, ...]] = {}
        for alert in self.alerts:
            key = key_of(alert.about)
            if key is not None and alert.kind in _CODES:
                found[key] = (*found.get(key, ()), alert)
        return found


FOLLOWED: Final = frozenset(_CODES)
"""Kinds of alerts that decisions follow."""
