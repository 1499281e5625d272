"""Who decides: promotion by a rule, and the tripwire that takes a model out."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Final

from scorers.evaluation.comparing import Figures
from scorers.features.batch import Floats
from scorers.model.snapshot import SnapshotError
from streams import metrics
from streams.announcing import Announcer
from streams.contest.closed import Closed
from streams.contest.lineage import LAST_VERSION
from streams.contest.scoreboard import Gap, Scoreboard
from streams.drift.watch import DriftAlarm
from streams.registry.choosing import ModelChooser
from streams.registry.records import MAIN, RULES, Choice, Mode
from streams.settings import DriftSettings, PromotionSettings
from streams.store import STORE_ERRORS

log = logging.getLogger(__name__)

_TRIPWIRE: Final = "tripwire"
_RETURN: Final = "tripwire, returning"
_RULE: Final = "promotion rule"
_LOOK_EVERY: Final = 250
_MOST_WEIGHT: Final = 10.0
"""Of a label in the tripwire's comparison: a few rare ones must not decide."""


class Referee:
    """Keeps the score, tells of drifts, and changes the choice where settings allow that."""

    def __init__(
        self,
        board: Scoreboard,
        alarm: DriftAlarm,
        chooser: ModelChooser,
        announcer: Announcer,
        runnable: Sequence[str],
        drift: DriftSettings,
        promotion: PromotionSettings,
    ) -> None:
        """`runnable` are the lineages that workers can run."""
        self._board = board
        self._alarm = alarm
        self._chooser = chooser
        self._announcer = announcer
        self._runnable = runnable
        self._drift = drift
        self._promotion = promotion
        self._since_change = self._since_trip = self._since_rule = 0
        self._champion = MAIN
        self._told = ""
        self._metrics: dict[str, dict[str, float]] = {}

    def observe(self, closed: Closed, chances: Mapping[str, Floats]) -> None:
        """Take note of mini-batches, and act on what they show."""
        self._alarm.observe(closed)
        count = self._board.add(closed, chances)
        self._metrics.clear()
        self._since_change += count
        self._since_trip += count
        self._since_rule += count
        try:
            self._act(closed.next_offset)
        except (*STORE_ERRORS, SnapshotError) as error:
            log.warning("the choice of models cannot be read or changed for now: %s", error)

    def report(self) -> None:
        """Let people see how well all contestants do."""
        try:
            self._chooser.put_scores({name: self.metrics_of(name) for name in self._board.names})
        except STORE_ERRORS as error:
            log.warning("store does not answer, scores are told later: %s", error)

    def metrics_of(self, name: str) -> dict[str, float]:
        """Return the figures of a contestant, for the registry."""
        if name not in self._metrics:
            self._metrics[name] = self._measured(name)
        return self._metrics[name]

    def _measured(self, name: str) -> dict[str, float]:
        figures = self._board.figures(name)
        if figures is None:
            return {}
        _export(name, figures)
        found = {
            "precision": figures.precision,
            "log_loss": figures.log_loss,
            "calibration_error": figures.calibration_error,
        }
        flat = {"labels": float(figures.labels)}
        for figure, interval in found.items():
            flat |= {figure: interval.value, f"{figure}_low": interval.low}
            flat[f"{figure}_high"] = interval.high
        return {figure: value for figure, value in flat.items() if math.isfinite(value)}

    @property
    def champion(self) -> str:
        """What decides: a lineage, a version, or the rules."""
        return self._champion

    def _act(self, offset: int) -> None:
        trip = self._since_trip >= _LOOK_EVERY and self._drift.tripwire != "off"
        rule = self._since_rule >= self._promotion.every_labels
        if not trip and not rule:
            return
        choice = self._chooser.choice()
        self._note_change(choice)
        if trip:
            self._since_trip = 0
            self._look_at_quality(choice, offset)
        if rule:
            self._since_rule = 0
            self._look_for_better(offset)

    def _note_change(self, choice: Choice | None) -> None:
        champion = MAIN if choice is None else choice.name
        if champion != self._champion:
            self._champion = champion
            self._since_change = 0

    def _look_at_quality(self, choice: Choice | None, offset: int) -> None:
        """Fall back where something simpler does better, and return when that is over."""
        fallen = choice is not None and choice.who == _TRIPWIRE
        if fallen and choice is not None:
            if self._is_worse(RULES if choice.mode == "rules" else LAST_VERSION, MAIN):
                self._choose("live", MAIN, _RETURN, "the model does better again", offset)
            return
        if self._champion not in self._runnable:
            return
        others = [one for one in (LAST_VERSION, RULES) if self._is_worse(self._champion, one)]
        if others and self._drift.tripwire == "alert":
            self._tell_once(f"{self._champion} does worse than {others[0]}", offset)
        elif others:
            self._fall_back(others[0], offset)

    def _fall_back(self, other: str, offset: int) -> None:
        why = f"{self._champion} does worse than {other} on the newest labels"
        version = self._chooser.last_good(MAIN) if other == LAST_VERSION else None
        if version is None:
            self._choose("rules", RULES, _TRIPWIRE, why, offset)
        else:
            self._choose("pinned", version, _TRIPWIRE, why, offset)

    def _is_worse(self, one: str, other: str) -> bool:
        newest = self._drift.tripwire_labels
        gap: Gap | None = self._board.loss_gap(one, other, newest, _MOST_WEIGHT)
        return gap is not None and gap.sigmas > self._drift.tripwire_sigmas

    def _look_for_better(self, offset: int) -> None:
        if self._promotion.rule == "by-hand" or self._champion not in self._runnable:
            return
        if self._since_change < self._promotion.least_labels:
            return
        for name in self._runnable:
            found = None if name == self._champion else self._gain(name)
            if found is not None:
                self._choose("live", name, _RULE, found, offset)
                return

    def _gain(self, name: str) -> str | None:
        """Return in words by how much a challenger is better; None if that is not sure."""
        level = self._promotion.level
        found = self._board.difference(name, self._champion, level)
        if found is None or found.labels < self._promotion.least_labels:
            return None
        if found.precision.low <= self._promotion.margin or found.log_loss.low > 0:
            return None
        low, high = found.precision.low, found.precision.high
        return f"precision higher by {low:.3f} to {high:.3f} ({level:.0%}), {found.labels:,} labels"

    def _choose(self, mode: Mode, name: str, who: str, why: str, offset: int) -> None:
        self._chooser.choose(mode, name, who, why, str(offset))
        self._champion = name
        self._since_change = 0

    def _tell_once(self, text: str, offset: int) -> None:
        if text != self._told:
            self._announcer.announce("drift", "tripwire", text, str(offset))
        self._told = text


def _export(name: str, figures: Figures) -> None:
    metrics.CONTEST.labels(name, "precision").set(figures.precision.value)
    metrics.CONTEST.labels(name, "log_loss").set(figures.log_loss.value)
    metrics.CONTEST.labels(name, "calibration_error").set(figures.calibration_error.value)
