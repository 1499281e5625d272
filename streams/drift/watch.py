"""What is watched of the training log, and the alerts that follow."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from schemas.example import LabelledExample
from scorers.features.fields import Category, Number
from scorers.features.spec import FeatureSpec
from streams import metrics
from streams.announcing import Announcer
from streams.contest.closed import Closed
from streams.drift.signals import Shift, Signal, adwin, kswin, page_hinkley
from streams.settings import DriftSettings

_HITS: Final = "precision of holds by score"
_LOSS: Final = "log loss"
_SCORES: Final = "scores of random holds"
_RATE: Final = "hours between labels"

_LEAST: Final = 1e-6
_MOST_LOSS: Final = 3.0
"""A single far one must not look like a drift; scaled to [0, 1] as ADWIN wants it."""

_GROUP: Final = 50
"""Labels come in bunches, so their rate is that of so many together."""

_RATE_THRESHOLD: Final = 8.0
_SEEN: Final = 20_000
_LOG_SPAN: Final = 16.0
_EVERY: Final = 4
"""KSWIN takes a millisecond a value: it sees every fourth random hold."""


class DriftWatch:
    """Follows what every label says: equal logs give equal shifts.

    Quality is that of decisions as they were made: `probability` and `arm` are in the log. Scores
    and features are those of random holds, which the model has no part in choosing.
    """

    def __init__(self, spec: FeatureSpec, settings: DriftSettings) -> None:
        self._warm_up = settings.warm_up
        rest = settings.rest
        self._hits = Signal(_HITS, adwin(settings.delta), "down", rest)
        self._loss = Signal(_LOSS, adwin(settings.delta), "up", rest)
        self._scores = Signal(_SCORES, kswin(settings.alpha), "any", rest // _EVERY)
        self._rate = Signal(_RATE, page_hinkley(_RATE_THRESHOLD), "any", rest // _GROUP)
        self._numbers = {
            field.source: Signal(f"feature {field.name}", adwin(settings.delta), "any", rest)
            for field in spec.fields
            if isinstance(field, Number) and field.source in _NUMBERS
        }
        self._texts = {
            field.source: _Newcomers(f"new values of {field.name}", settings.delta, rest)
            for field in spec.fields
            if isinstance(field, Category) and field.source in _TEXTS
        }
        self._times: deque[datetime] = deque(maxlen=_GROUP + 1)
        self._since = self._random = self._labels = 0

    def shifts(self, examples: Sequence[LabelledExample]) -> Iterator[tuple[int, Shift]]:
        """Yield place and shift of what moves with examples, in their order."""
        for place, example in enumerate(examples):
            if example.corrects is not None or example.weight == 0:
                continue
            self._labels += 1
            for shift in self._shifts(example):
                if self._labels > self._warm_up:
                    yield place, shift

    def _shifts(self, example: LabelledExample) -> Iterable[Shift]:
        found = [self._rate_shift(example)]
        if example.arm == "risk":
            found.append(self._hits.update(float(example.label)))
        if example.arm != "release":
            found.append(self._loss.update(_loss(example)))
        if example.arm == "exploration":
            self._random += 1
            if self._random % _EVERY == 0:
                found.append(self._scores.update(example.probability))
            found += self._feature_shifts(example)
        return [shift for shift in found if shift is not None]

    def _feature_shifts(self, example: LabelledExample) -> Iterator[Shift | None]:
        for source, signal in self._numbers.items():
            value = example.features.get(source)
            if isinstance(value, int | float) and math.isfinite(value):
                # Amounts are spread over orders of magnitude; ADWIN wants figures near [0, 1].
                shift = signal.update(math.log1p(max(value, 0.0)) / _LOG_SPAN)
                yield shift and _in_units(shift)
        for source, newcomers in self._texts.items():
            value = example.features.get(source)
            if isinstance(value, str):
                yield newcomers.update(value)

    def _rate_shift(self, example: LabelledExample) -> Shift | None:
        """Look at the time that the last labels took, once for so many of them."""
        if example.reported_at is None:
            return None
        self._times.append(example.reported_at)
        self._since += 1
        if len(self._times) <= _GROUP or self._since < _GROUP:
            return None
        self._since = 0
        hours = (self._times[-1] - self._times[0]).total_seconds() / 3_600 / _GROUP
        shift = self._rate.update(math.log(max(hours, 1e-6)))
        return shift and shift._replace(
            before=math.exp(shift.before), lately=math.exp(shift.lately)
        )


def _loss(example: LabelledExample) -> float:
    """Return the log loss of a decision, cut and scaled to [0, 1]."""
    right = example.probability if example.label else 1.0 - example.probability
    return min(-math.log(max(right, _LEAST)), _MOST_LOSS) / _MOST_LOSS


_NUMBERS: Final = {
    "total_value",
    "gross_weight_kg",
    "derived.unit_value",
    "derived.unit_weight",
    "derived.value_per_kg",
}
_TEXTS: Final = {
    "main.hs_code",
    "main.origin",
    "origin_post_country",
    "destination_country",
    "platform_id",
    "seller_id",
    "consignor.id",
}


def _in_units(shift: Shift) -> Shift:
    """Return a shift of logarithms in the unit of the feature."""
    before, lately = (math.expm1(one * _LOG_SPAN) for one in (shift.before, shift.lately))
    return shift._replace(before=before, lately=lately)


class _Newcomers:
    """The share of texts that were not seen before, in bounded memory."""

    def __init__(self, name: str, delta: float, rest: int) -> None:
        self._signal = Signal(name, adwin(delta), "up", rest)
        self._seen: dict[str, None] = {}

    def update(self, text: str) -> Shift | None:
        """Take in a text."""
        known = text in self._seen
        self._seen.pop(text, None)
        self._seen[text] = None
        if len(self._seen) > _SEEN:
            del self._seen[next(iter(self._seen))]
        return self._signal.update(float(not known))


class DriftAlarm:
    """Raises an alert for each shift in the log from `since` on."""

    def __init__(self, watch: DriftWatch, announcer: Announcer, since: int) -> None:
        self._watch = watch
        self._announcer = announcer
        self._since = since

    def observe(self, closed: Closed) -> list[Shift]:
        """Tell of what has moved in mini-batches, and return it."""
        told = []
        for place, shift in self._watch.shifts(closed.examples):
            if closed.offsets[place] >= self._since:
                self._tell(shift, closed.offsets[place])
                told.append(shift)
        return told

    def _tell(self, shift: Shift, offset: int) -> None:
        metrics.DRIFTS.labels(shift.signal).inc()
        text = f"{shift.signal} went from {shift.before:.3g} to {shift.lately:.3g}"
        details = {**shift._asdict(), "training_offset": offset}
        self._announcer.announce("drift", shift.signal, text, str(offset), details)
