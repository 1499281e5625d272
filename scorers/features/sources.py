"""Names that a field of a spec can read, and what is wrong with one that does not exist."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.manifest import Item, Manifest, Party
from scorers import quality
from scorers.features import derived
from scorers.features.spec import FeatureSpec, Level, SpecError, Words

OPTIONAL_PARTIES = frozenset({"buyer", "deliver_to"})


def level_of(source: str) -> Level:
    """Return what `source` has one value for."""
    return Level.ITEM if source.startswith("items.") else Level.PARCEL


def check_sources(spec: FeatureSpec) -> None:
    """Raise `SpecError` if a field of `spec` reads what no manifest has."""
    for field in spec.fields:
        known = _known(field.source)
        if known is not None:
            raise SpecError(
                f"{spec.name}.fields.{field.name}.source: expected one of {', '.join(known)}, "
                f"got {field.source!r}"
            )
        if isinstance(field, Words) and level_of(field.source) is not Level.ITEM:
            raise SpecError(
                f"{spec.name}.fields.{field.name}.source: expected an item's text, "
                f"got {field.source!r}"
            )


def _known(source: str) -> list[str] | None:
    """Return the names that could stand where `source` fails, or None if it is right."""
    root, _, rest = source.partition(".")
    if root == "attributes":
        return None if rest else ["attributes.KEY"]
    if root in ("derived", "signals"):
        names: Sequence[str] = list(derived.COLUMNS if root == "derived" else quality.SIGNALS)
    elif root in ("items", "main"):
        names = Item.__struct_fields__
    elif rest and root in ("consignor", "consignee", *OPTIONAL_PARTIES):
        names = Party.__struct_fields__
    else:
        names, rest = Manifest.__struct_fields__, source
    return None if rest in names else sorted(names)
