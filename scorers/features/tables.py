"""Readable columns of a batch of manifests: what they declare, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np

from schemas.manifest import Manifest
from scorers import profiled, quality
from scorers.assessment.assessments import Assessments
from scorers.features import derived
from scorers.features.batch import Floats, Integers
from scorers.features.declared import Declarations, DeclaredTable
from scorers.histories import Histories, missing

_USUAL_LIMIT_EUR: Final = 150.0


class ManifestTable(DeclaredTable):
    """Columns of manifests: all that is declared, `derived.NAME`, `signals.NAME`, `profiles.NAME`.

    `assessments` and `histories` are added by who has them; what needs one that is not there is
    missing.
    """

    _made = frozenset({"attributes", "derived", "profiles", "signals"})

    def __init__(self, declared: Declarations | Sequence[Manifest]) -> None:
        super().__init__(declared)
        self.assessments: Assessments | None = None
        self.histories: Histories | None = None

    def euros(self, source: str) -> Floats:
        """Return a column of amounts in euro; NaN where the currency's rate is not known."""
        return self.numbers(source) * self.euro

    def limits(self) -> Floats:
        """Return the value in euro up to which each parcel's regime gives relief; NaN if none.

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
        root, _, name = source.partition(".")
        if root == "profiles" and name in profiled.FORMERS:
            kind = name.removesuffix("_former")
            if self.histories is None:
                return [""] * len(parcels)
            return self.histories.former(kind, parcels)
        return super().some(source, parcels)

    def _read(self, source: str) -> Sequence[Any]:
        root, _, name = source.partition(".")
        if root == "derived":
            return derived.COLUMNS[name](self)  # type: ignore[return-value]
        if root == "profiles":
            if self.histories is None:
                return missing(self)  # type: ignore[return-value]
            return profiled.column(self, name)  # type: ignore[return-value]
        if root == "signals":
            of_profiles = profiled.SIGNALS.get(name)
            if of_profiles:
                return of_profiles(self)  # type: ignore[return-value]
            return quality.SIGNALS[name](self)  # type: ignore[return-value]
        return super()._read(source)
