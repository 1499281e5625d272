"""The feature specs that ship with Greenlane, by name."""

from __future__ import annotations

from scorers.features.spec import FeatureSpec, SpecError
from scorers.specs import declarations, parcels

SPECS = {spec.name: spec for spec in (parcels.SPEC, declarations.SPEC)}


def spec_named(name: str) -> FeatureSpec:
    """Return the spec called `name`; raise `SpecError` if there is none.

    >>> spec_named("parcels").name
    'parcels'
    """
    if name not in SPECS:
        raise SpecError(f"Expected a feature spec among {', '.join(sorted(SPECS))}, got {name!r}")
    return SPECS[name]
