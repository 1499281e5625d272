"""Labels that stop while holds are still made: told of, and if wanted the rules take over."""

from __future__ import annotations

from typing import Final, Literal

from streams.announcing import Announcer
from streams.clock import MonotonicClock
from streams.registry.choosing import ModelChooser
from streams.registry.records import RULES

_HOUR_SECONDS: Final = 3_600.0
_LEAST_HOLDS: Final = 20
"""So many holds without a label may be chance."""

_WHO: Final = "silence of labels"
_ABOUT: Final = "labels"


class SilenceWatch:
    """Counts holds and labels as they come; the clock starts anew with each label."""

    def __init__(
        self,
        hours: float,
        action: Literal["alert", "rules"],
        chooser: ModelChooser,
        announcer: Announcer,
        now: MonotonicClock,
    ) -> None:
        self._hours = hours
        self._action = action
        self._chooser = chooser
        self._announcer = announcer
        self._now = now
        self._last_label = now()
        self._holds = 0
        self._is_told = False

    def note(self, holds: int, labels: int) -> None:
        """Count what was joined; tell when labels stop, and when they are back."""
        self._holds += holds
        if labels:
            self._last_label, self._holds = self._now(), 0
            if self._is_told:
                self._return()
            return
        silent = (self._now() - self._last_label) / _HOUR_SECONDS
        if not self._is_told and silent >= self._hours and self._holds >= _LEAST_HOLDS:
            self._tell(silent)

    def _tell(self, hours: float) -> None:
        self._is_told = True
        text = f"no label for {hours:.1f} h, while {self._holds:,} parcels were held"
        self._announcer.announce("labels-stopped", _ABOUT, text, str(self._last_label))
        if self._action == "rules":
            self._chooser.choose("rules", RULES, _WHO, text)

    def _return(self) -> None:
        self._is_told = False
        text = "labels are back"
        self._announcer.announce("labels-stopped", _ABOUT, text, str(self._last_label))
        choice = self._chooser.choice()
        if choice is not None and choice.who == _WHO:
            self._chooser.promote(choice.former, f"{_WHO}, over", text)
