"""Features of general customs declarations: one line of goods each (docs/quality.md)."""

from __future__ import annotations

from scorers.features.fields import Category, Number, crosses
from scorers.features.spec import FeatureSpec

_FIELDS = (
    Category("hs6", "main.hs_code", "subheading", prefix=6),
    Category("hs4", "main.hs_code", "heading", prefix=4),
    Category("hs2", "main.hs_code", "chapter", prefix=2),
    Category("origin", "main.origin", "origin"),
    Category("departure", "origin_post_country", "departure"),
    Category("importer", "consignee.id", "importer"),
    Category("seller", "seller_id", "seller"),
    Category("declarant", "declarant_id", "declarant"),
    Category("courier", "operator_id", "courier"),
    Category("office", "office_of_entry", "office"),
    Category("process", "attributes.process_type", "process type"),
    Category("import_type", "attributes.import_type", "import type"),
    Category("use", "attributes.import_use", "import use"),
    Category("payment", "attributes.payment_type", "payment type"),
    Category("transport", "attributes.transport_mode", "mode of transport"),
    Category("tax_type", "attributes.tax_type", "tax type"),
    Category("origin_mark", "attributes.origin_mark", "origin mark"),
    Number("tax_rate", "derived.tax_rate", "tax rate", per_octave=64, unit="%"),
    Number("mass", "main.net_weight_kg", "net mass", per_octave=2, unit="kg"),
    Number("mass_mid", "main.net_weight_kg", "net mass", per_octave=8, unit="kg"),
    Number("mass_fine", "main.net_weight_kg", "net mass", per_octave=64, unit="kg"),
    Number("price", "total_value", "price", per_octave=2),
    Number("price_mid", "total_value", "price", per_octave=8),
    Number("price_fine", "total_value", "price", per_octave=64),
    Number("price_per_kg", "derived.main_value_per_kg", "price per kg", per_octave=2),
)

_GOODS = "hs6+mass_fine+price_fine"
"""The same goods of the same mass and price: what comes again and again."""

_SAME = f"{_GOODS}+origin+tax_type"

# General features learn slowly, so that one seen often enough to be sure of can overrule them.
_GENERAL, _PAIR, _FINE, _REPEATED = 0.5, 0.25, 1.0, 3.0

_FEATURES = (
    *crosses("GOODS", "hs6", "hs4", "hs2", scale=_GENERAL),
    *crosses("ROUTE", "origin", "departure", "transport", "courier", "office", scale=_GENERAL),
    *crosses("PARTIES", "importer", "seller", "declarant", scale=_GENERAL),
    *crosses("PROCEDURE", "process", "import_type", "use", "payment", scale=_GENERAL),
    *crosses("TAX", "tax_type", "tax_rate", "origin_mark", scale=_GENERAL),
    *crosses("VALUE", "mass", "price", "price_per_kg", scale=_GENERAL),
    *crosses("TAX", "hs6+tax_rate", "hs6+tax_type", "hs6+origin_mark", scale=_PAIR),
    *crosses("ROUTE", "hs6+origin", "hs6+departure", scale=_PAIR),
    *crosses("PARTIES", "hs6+seller", "hs6+importer", "hs6+declarant", scale=_PAIR),
    *crosses("VALUE", "hs6+mass", "hs6+price", "hs6+price_per_kg", scale=_PAIR),
    *crosses("VALUE", "hs6+mass_mid", "hs6+price_mid", scale=_FINE),
    *crosses("VALUE", "hs6+mass_fine", "hs6+price_fine", _GOODS, scale=_FINE),
    *crosses("VALUE", "hs6+mass_fine+origin", "hs6+mass_fine+tax_type", scale=_FINE),
    *crosses("VALUE", "hs6+price_fine+origin", "hs6+price_fine+tax_type", scale=_FINE),
    *crosses("SAME-GOODS", f"{_GOODS}+origin", f"{_GOODS}+tax_type", _SAME, scale=_REPEATED),
    *crosses("SAME-GOODS", f"{_SAME}+origin_mark", f"{_SAME}+office", scale=_REPEATED),
    *crosses("SAME-GOODS", f"{_SAME}+transport", f"{_SAME}+payment", scale=_REPEATED),
    *crosses("SAME-GOODS", f"{_SAME}+import_type", f"{_SAME}+use", scale=_REPEATED),
    *crosses("SAME-GOODS", f"{_SAME}+departure", f"{_SAME}+tax_rate", scale=_REPEATED),
)

SPEC = FeatureSpec(
    name="declarations",
    fields=_FIELDS,
    features=_FEATURES,
    base_rate=0.2,
    novelty=(("hs6", "tax_type"), ("origin", "departure"), ("hs6", "mass", "price")),
)
