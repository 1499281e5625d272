"""Kinds of metrics: each declared once, and no label with values without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

import numpy as np
from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import HistogramMetricFamily

if TYPE_CHECKING:  # a command that only counts need not load what scores
    from scorers.features.batch import Floats

OTHER: Final = "other"
"""What a label says when its values are used up."""

Kind = Literal["counter", "gauge", "histogram"]
Child = TypeVar("Child", bound=Counter | Gauge | Histogram)
Bound = int | Sequence[str]
"""Of a label: how many values it may have, or which ones."""


@dataclass(frozen=True)
class Declaration:
    """A metric: its name as Prometheus shows it, unit ("" for none), labels and what it means."""

    name: str
    kind: Kind
    unit: str
    labels: Mapping[str, Bound]
    meaning: str
    buckets: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its series."""
        if self.kind == "histogram":
            return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))
        return (self.name,)

    @property
    def most_series(self) -> int:
        """How many series a process can have of it, "other" included.

        >>> Declaration("x", "gauge", "", {"arm": ("a", "b"), "office": 100}, "Test.").most_series
        303
        """
        found = self.buckets + 3 if self.kind == "histogram" else 1
        for bound in self.labels.values():
            found *= (bound if isinstance(bound, int) else len(bound)) + 1
        return found


DECLARED: Final[dict[str, Declaration]] = {}
"""All metrics by name: dashboards, alerts and documents may use no others."""


class Labelled(Generic[Child]):
    """A metric with labels. A value beyond a label's bound counts as "other"."""

    def __init__(self, child: Callable[..., Child], labels: Mapping[str, Bound]) -> None:
        """`child` returns the metric for values within their bounds."""
        self._child: Callable[..., Child] = child
        self._bounds = list(labels.values())
        self._seen: list[set[str]] = [set() for _ in labels]

    def labels(self, *values: str) -> Child:
        """Return the metric for these values of its labels, in the order of declaration."""
        places = range(len(values))
        return self._child(*[self._bounded(place, values[place]) for place in places])

    def _bounded(self, place: int, value: str) -> str:
        bound, seen = self._bounds[place], self._seen[place]
        if not isinstance(bound, int):
            return value if value in bound else OTHER
        if value not in seen and len(seen) >= bound:
            return OTHER
        seen.add(value)
        return value


class LateGauge(Gauge):
    """A gauge that is exported from the first time it is set.

    All processes know all metrics: a tower must not say that its model is of 1970.
    """

    def __init__(self, name: str, meaning: str) -> None:
        super().__init__(name, meaning, registry=None)
        self._is_exported = False

    def set(self, value: float) -> None:
        super().set(value)
        if not self._is_exported:
            self._is_exported = True
            REGISTRY.register(self)


class BatchHistogram:
    """A histogram that takes a batch of values at once: a call for each costs more than a parcel's
    whole decision may.

    >>> one = BatchHistogram("demo_seconds", "Demonstration.", (1.0, 2.0))
    >>> one.observe_many(np.array([0.5, 1.0, 5.0]))
    >>> [sample.value for sample in next(one.collect()).samples]
    [2.0, 2.0, 3.0, 3.0, 6.5]
    """

    def __init__(self, name: str, meaning: str, buckets: Sequence[float]) -> None:
        self._name = name
        self._meaning = meaning
        self._bounds = np.array(buckets)
        self._counts = np.zeros(len(buckets) + 1, dtype=np.int64)
        self._sum = 0.0

    def observe_many(self, values: Floats) -> None:
        """Count values; what is not a number is left out."""
        known = values[~np.isnan(values)]
        places = np.searchsorted(self._bounds, known, side="left")
        # Replaced, not changed: a scrape in another thread sees the one or the other.
        self._counts = self._counts + np.bincount(places, minlength=len(self._counts))
        self._sum += float(known.sum())

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Return the histogram as Prometheus' client wants it."""
        running = np.cumsum(self._counts).tolist()
        names = [*map(str, self._bounds.tolist()), "+Inf"]
        pairs = list(zip(names, map(float, running), strict=True))
        yield HistogramMetricFamily(self._name, self._meaning, buckets=pairs, sum_value=self._sum)


def counter(name: str, meaning: str, unit: str = "") -> Counter:
    """Declare a number that only grows; `name` ends in `_total`."""
    _declare(Declaration(name, "counter", unit, {}, meaning))
    return Counter(name, meaning)


def counter_by(
    name: str, meaning: str, labels: Mapping[str, Bound], unit: str = ""
) -> Labelled[Counter]:
    """Declare a number that only grows, by labels."""
    return _labelled(Declaration(name, "counter", unit, labels, meaning), Counter)


def gauge(name: str, meaning: str, unit: str = "") -> Gauge:
    """Declare a number that goes up and down."""
    _declare(Declaration(name, "gauge", unit, {}, meaning))
    return LateGauge(name, meaning)


def gauge_by(
    name: str, meaning: str, labels: Mapping[str, Bound], unit: str = ""
) -> Labelled[Gauge]:
    """Declare a number that goes up and down, by labels."""
    return _labelled(Declaration(name, "gauge", unit, labels, meaning), Gauge)


def histogram(name: str, meaning: str, buckets: Sequence[float], unit: str) -> Histogram:
    """Declare a distribution of single values."""
    _declare(Declaration(name, "histogram", unit, {}, meaning, len(buckets)))
    return Histogram(name, meaning, buckets=buckets)


def histogram_by(
    name: str, meaning: str, labels: Mapping[str, Bound], buckets: Sequence[float], unit: str
) -> Labelled[Histogram]:
    """Declare a distribution of single values, by labels."""

    def make(name: str, documentation: str, labelnames: Sequence[str]) -> Histogram:
        return Histogram(name, documentation, labelnames, buckets=buckets)

    return _labelled(Declaration(name, "histogram", unit, labels, meaning, len(buckets)), make)


def batch_histogram(name: str, meaning: str, buckets: Sequence[float], unit: str) -> BatchHistogram:
    """Declare a distribution of values that come in batches."""
    _declare(Declaration(name, "histogram", unit, {}, meaning, len(buckets)))
    made = BatchHistogram(name, meaning, buckets)
    REGISTRY.register(made)
    return made


def _labelled(declared: Declaration, make: Callable[..., Child]) -> Labelled[Child]:
    _declare(declared)
    parent: Any = make(declared.name, declared.meaning, tuple(declared.labels))
    return Labelled(parent.labels, declared.labels)


def _declare(one: Declaration) -> None:
    if one.name in DECLARED:
        raise ValueError(f"{one.name}: expected one declaration, got a second")
    if one.kind == "counter" and not one.name.endswith("_total"):
        raise ValueError(f"{one.name}: expected a counter's name to end in _total")
    DECLARED[one.name] = one
