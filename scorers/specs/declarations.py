"""Features of general customs declarations (one line of goods; DESIGN: the model)."""

from __future__ import annotations

from itertools import combinations

from scorers.features.spec import Category, FeatureSpec, Number, log_edges

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
    Category("process_type", "attributes.process_type", "process type"),
    Category("import_type", "attributes.import_type", "import type"),
    Category("import_use", "attributes.import_use", "import use"),
    Category("payment_type", "attributes.payment_type", "payment type"),
    Category("transport_mode", "attributes.transport_mode", "mode of transport"),
    Category("tax_type", "attributes.tax_type", "tax type"),
    Category("origin_mark", "attributes.origin_mark", "origin mark"),
    Category("tax_rate", "attributes.tax_rate", "tax rate"),
    Number("mass", "main.net_weight_kg", "net mass", log_edges(0.125, 2**24), "kg"),
    Number("price", "total_value", "price", log_edges(1024, 2**36)),
    Number("price_per_kg", "derived.main_value_per_kg", "price per kg", log_edges(16, 2**26)),
)

_PAIRED = (
    "mass",
    "price",
    "origin",
    "departure",
    "tax_type",
    "declarant",
    "seller",
    "importer",
)

SPEC = FeatureSpec(
    name="declarations",
    fields=_FIELDS,
    crosses=(
        *((field.name,) for field in _FIELDS),
        *(("hs6", field.name) for field in _FIELDS if field.name not in ("hs6", "hs4", "hs2")),
        *(("hs6", *pair) for pair in combinations(_PAIRED, 2)),
    ),
    base_rate=0.2,
)
