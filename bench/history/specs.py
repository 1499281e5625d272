"""A feature spec as it would be if nobody had thought of profiles and orders."""

from __future__ import annotations

from dataclasses import replace

from scorers.features.spec import FeatureSpec
from scorers.profiled import SIGNALS
from scorers.specs.parcel_history import HISTORY_FIELDS


def without_history(spec: FeatureSpec) -> FeatureSpec:
    """Return a spec without fields of profiles and orders, and what is made of them.

    Columns that are always missing would weaken the comparison: they repeat other features.
    """
    gone = {field.name for field in HISTORY_FIELDS}
    return replace(
        spec,
        fields=tuple(field for field in spec.fields if field.name not in gone),
        features=tuple(cross for cross in spec.features if gone.isdisjoint(cross.fields)),
        rules=tuple(rule for rule in spec.rules if rule.signal not in SIGNALS),
    )
