"""Readable columns of a batch of manifests: what they declare, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np

from schemas.manifest import Manifest
from scorers import profiled, quality
from scorers.assessment.assessments import Assessments
from scorers.features import derived
from scorers.features.batch import Flags, Floats, Integers
from scorers.features.declared import Declarations, DeclaredTable
from scorers.histories import Histories

_USUAL_LIMIT_EUR: Final = 150.0


_MADE: Final[Mapping[str, Callable[[ManifestTable], Floats | Flags]]] = {
    **{f"derived.{name}": make for name, make in derived.COLUMNS.items()},
    **{f"profiles.{name}": make for name, make in profiled.NUMBERS.items()},
    **{f"signals.{name}": make for name, make in quality.SIGNALS.items()},
    **{f"signals.{name}": make for name, make in profiled.SIGNALS.items()},
}
"""Columns that a table makes, by source."""

_FORMERS: Final = {f"profiles.{name}": name.removesuffix("_former") for name in profiled.FORMERS}
"""Sources of the ids of parcels before, and whose they are."""


class ManifestTable(DeclaredTable):
    """Columns of manifests: all that is declared, `derived.NAME`, `signals.NAME`, `profiles.NAME`.

    `assessments` and `histories` are added by who has them; what needs one that is not there is
    missing.
    """

    _made = _MADE

    def __init__(self, declared: Declarations | Sequence[Manifest]) -> None:
        super().__init__(declared)
        self.assessments: Assessments | None = None
        self.histories: Histories | None = None

    def euros(self, source: str) -> Floats:
        """Return a column of amounts in euro; NaN where the currency's rate is not known."""
        return self.numbers(source) * self.euro

    @cached_property
    def limits(self) -> Floats:
        """The value in euro up to which each parcel's regime gives relief; NaN if none.

        Without assessments it is the European Union's, where most parcels go.
        """
        if self.assessments is None:
            return np.full(len(self), _USUAL_LIMIT_EUR)
        return self.assessments.limit_declared * self.euro

    @cached_property
    def euro(self) -> Floats:
        """How many euro one unit of each parcel's currency is."""
        if self.assessments is not None:
            return self.assessments.euros
        currencies = self.column("currency")
        is_euro = np.fromiter(map("EUR".__eq__, currencies), np.bool_, len(currencies))
        return np.where(is_euro, 1.0, np.nan)

    def some(self, source: str, parcels: Integers) -> list[Any]:
        """Return the values of some parcels in a column."""
        if source in _FORMERS:
            if self.histories is None:
                return [""] * len(parcels)
            return self.histories.former(_FORMERS[source], parcels)
        return super().some(source, parcels)
