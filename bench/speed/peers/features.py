"""Features of a manifest as a user of River writes them: a dictionary, one record at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

_WORD = re.compile(r"\w+")
_Values = dict[str, str]


def toy_features(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return ten features: five numbers and five texts."""
    first = manifest["items"][0]
    return {
        "value": manifest["total_value"],
        "weight": manifest["gross_weight_kg"],
        "value_per_kg": manifest["total_value"] / manifest["gross_weight_kg"],
        "quantity": first["quantity"],
        "items": len(manifest["items"]),
        "hs2": first["hs_code"][:2],
        "origin": first.get("origin", ""),
        "destination": manifest["destination_country"],
        "platform": manifest["platform_id"],
        "channel": manifest["channel"],
    }


class SameFeatures:
    """Greenlane's features, but those of signals, profiles and orders: indicators by name.

    `crosses` names the fields of each feature; one with a field of an item or a word is there for
    every item or word.
    """

    def __init__(self, crosses: Sequence[Sequence[str]]) -> None:
        finer = {name for name in {f for cross in crosses for f in cross} if name in _OF_ITEMS}
        self._of_words = [tuple(cross) for cross in crosses if "word" in cross]
        rest = [tuple(cross) for cross in crosses if "word" not in cross]
        self._of_items = [cross for cross in rest if finer & {*cross}]
        self._of_parcels = [cross for cross in rest if not finer & {*cross}]

    def __call__(self, manifest: dict[str, Any]) -> dict[str, float]:
        """Return the features of a manifest, each with the value 1."""
        values = _of_parcel(manifest)
        found = {_indicator(cross, values): 1.0 for cross in self._of_parcels}
        for item in manifest["items"]:
            values.update(_of_item(item))
            for cross in self._of_items:
                found[_indicator(cross, values)] = 1.0
            for word in _words(item):
                values["word"] = word
                for cross in self._of_words:
                    found[_indicator(cross, values)] = 1.0
        return found


_OF_ITEMS = frozenset({"item_hs4", "item_hs6", "item_origin"})


def _indicator(cross: tuple[str, ...], values: _Values) -> str:
    return "&".join([f"{name}={values[name]}" for name in cross])


def _of_parcel(manifest: dict[str, Any]) -> _Values:
    """Return the fields of a parcel; the main item is the one of the highest value."""
    items = manifest["items"]
    main = max(items, key=lambda item: item["value"])
    sender, receiver = manifest["consignor"], manifest["consignee"]
    code, quantity = main["hs_code"], main["quantity"]
    value, weight = manifest["total_value"], manifest["gross_weight_kg"]
    net = sum(item["net_weight_kg"] for item in items)
    unit_value = main["value"] / quantity
    return {
        "platform": manifest["platform_id"],
        "seller": manifest.get("seller_id", ""),
        "shipper": sender["id"],
        "shipper_country": sender["country"],
        "consignee": receiver["id"],
        "consignee_kind": receiver.get("kind", "person"),
        "postcode": receiver["postcode"],
        "street": receiver["street"],
        "operator": manifest["operator_id"],
        "declarant": manifest.get("declarant_id", ""),
        "channel": manifest["channel"],
        "posted_in": manifest["origin_post_country"],
        "destination": manifest["destination_country"],
        "nature": manifest["transaction_nature"],
        "ioss": manifest.get("ioss", ""),
        "hs2": code[:2],
        "hs4": code[:4],
        "hs6": code[:6],
        "origin": main.get("origin", ""),
        "value": _octave(value),
        "weight": _octave(weight),
        "value_per_kg": _octave(value / weight),
        "unit_value": _octave(unit_value),
        "fine_unit_value": _octave(unit_value, 3),
        "unit_weight": _octave(main["net_weight_kg"] / quantity),
        "net_share": str(round(net / weight, 1)),
        "items": str(min(len(items), 20)),
    }


def _of_item(item: dict[str, Any]) -> _Values:
    code = item["hs_code"]
    return {"item_hs4": code[:4], "item_hs6": code[:6], "item_origin": item.get("origin", "")}


def _words(item: dict[str, Any]) -> Iterator[str]:
    return iter(_WORD.findall(item["description"].lower()))


def _octave(number: float, parts: int = 1) -> str:
    """Return the bin of a number: an octave, or a part of one."""
    return str(math.floor(math.log2(number) * parts)) if number > 0 else "none"
