"""Features of e-commerce parcels (DOMAIN: risk typologies and what shows them)."""

from __future__ import annotations

from scorers.features.fields import (
    Category,
    Number,
    Signal,
    Words,
    crosses,
    log_edges,
)
from scorers.features.spec import FeatureSpec, StarterRule
from scorers.specs.parcel_history import HISTORY_FEATURES, HISTORY_FIELDS, HISTORY_RULES

_FIELDS = (
    Category("platform", "platform_id", "platform"),
    Category("seller", "seller_id", "seller"),
    Category("shipper", "consignor.id", "shipper"),
    Category("shipper_country", "consignor.country", "shipper's country"),
    Category("consignee", "consignee.id", "consignee"),
    Category("consignee_kind", "consignee.kind", "consignee is a"),
    Category("postcode", "consignee.postcode", "consignee's postcode"),
    Category("street", "consignee.street", "delivery address"),
    Category("operator", "operator_id", "operator"),
    Category("declarant", "declarant_id", "declarant"),
    Category("channel", "channel", "channel"),
    Category("posted_in", "origin_post_country", "posted in"),
    Category("destination", "destination_country", "destination"),
    Category("nature", "transaction_nature", "nature"),
    Category("ioss", "ioss", "IOSS number"),
    Category("hs2", "main.hs_code", "chapter", prefix=2),
    Category("hs4", "main.hs_code", "heading", prefix=4),
    Category("hs6", "main.hs_code", "subheading", prefix=6),
    Category("origin", "main.origin", "origin"),
    Category("item_hs4", "items.hs_code", "item's heading", prefix=4),
    Category("item_hs6", "items.hs_code", "item's subheading", prefix=6),
    Category("item_origin", "items.origin", "item's origin"),
    Number("value", "total_value", "declared value", log_edges(1, 4096)),
    Number("weight", "gross_weight_kg", "gross weight", log_edges(0.03125, 64), unit="kg"),
    Number("value_per_kg", "derived.value_per_kg", "value per kg", log_edges(0.5, 8192)),
    Number("unit_value", "derived.unit_value", "value per unit", log_edges(0.25, 4096)),
    Number(
        "fine_unit_value",
        "derived.unit_value",
        "value per unit",
        log_edges(0.25, 4096, per_octave=3),
    ),
    Number(
        "unit_weight", "derived.unit_weight", "weight per unit", log_edges(0.015625, 64), unit="kg"
    ),
    Number(
        "net_share", "derived.net_share", "net share of gross", (0.2, 0.5, 0.7, 0.85, 0.95, 1.0)
    ),
    Number("items", "derived.items", "items", (2, 3, 5, 10, 20)),
    Words("word", "items.description", "word"),
    Signal("s10_invalid", "item id fails its S10 check"),
    Signal("hs_invalid", "HS code cannot exist"),
    Signal("country_unknown", "country code is not in ISO 3166"),
    Signal("currency_unknown", "currency code is not in ISO 4217"),
    Signal("ioss_invalid", "IOSS number is malformed or an intermediary's"),
    Signal("eori_invalid", "EORI is malformed"),
    Signal("value_mismatch", "item values do not add up to the total"),
    Signal("weight_mismatch", "net weights exceed the gross weight"),
    Signal("description_vague", "description is an ICS2 stop word or empty"),
    Signal("description_stop_word", "description contains an ICS2 stop word"),
    Signal("battery_undeclared", "battery goods without a UN number"),
    Signal("origin_differs", "origin differs from the posting country"),
    Signal("order_missing", "sale without an order id"),
    Signal("gift_by_business", "gift sent by a business"),
    Signal("deliver_to_differs", "delivered to somebody else"),
    Signal("value_zero", "declared value is zero"),
    Signal("value_round", "declared value is a round sum"),
    Signal("value_near_threshold", "declared value just below the threshold"),
    *HISTORY_FIELDS,
)

_FEATURES = (
    *crosses("SHIPPER", "shipper", "shipper_country", "shipper+hs4", "nature+shipper"),
    *crosses("SELLER", "seller", "seller+hs4", "seller+value_per_kg", "seller+hs6+unit_value"),
    *crosses("SELLER", "seller+word"),
    *crosses("PLATFORM", "platform", "platform+hs4"),
    *crosses("CONSIGNEE", "consignee", "consignee_kind", "consignee+hs4", "consignee+shipper"),
    *crosses("ADDRESS", "postcode", "street", "postcode+street", "street+hs2"),
    *crosses("FILER", "operator", "declarant", "declarant+hs4", "channel", "operator+origin"),
    *crosses("ROUTE", "posted_in", "destination", "origin", "posted_in+destination"),
    *crosses("ROUTE", "origin+posted_in", "item_origin", "item_hs6+item_origin"),
    *crosses("GOODS", "hs2", "hs4", "hs6", "item_hs6", "nature", "nature+hs2", "items"),
    *crosses("GOODS", "hs4+origin", "hs6+origin", "hs6+posted_in"),
    *crosses("VALUE", "value", "value_per_kg", "unit_value", "hs6+value_per_kg"),
    *crosses("VALUE", "hs6+unit_value", "hs6+fine_unit_value", "hs4+origin+value_per_kg"),
    *crosses("VALUE", "hs6+origin+unit_value"),
    *crosses("WEIGHT", "weight", "unit_weight", "net_share", "hs6+unit_weight"),
    *crosses("TEXT", "word", "item_hs4+word"),
    *crosses("IOSS", "ioss", "ioss+platform", "ioss+shipper"),
    *HISTORY_FEATURES,
    *crosses("QUALITY", *(field.name for field in _FIELDS if isinstance(field, Signal))),
)

STARTER_RULES = (
    StarterRule("R-BATTERY", "battery_undeclared", 1.5, "battery goods without a UN number"),
    StarterRule("R-VAGUE", "description_vague", 1.2, "description says nothing about the goods"),
    StarterRule("R-IOSS", "ioss_invalid", 1.2, "IOSS number is malformed or an intermediary's"),
    StarterRule("R-GIFT", "gift_by_business", 1.0, "gift sent by a business"),
    StarterRule("R-WEIGHT", "weight_mismatch", 0.8, "net weights exceed the gross weight"),
    StarterRule("R-NEAR", "value_near_threshold", 0.7, "declared value just below the threshold"),
    StarterRule("R-DELIVER", "deliver_to_differs", 0.7, "delivered to somebody else"),
    StarterRule("R-ORIGIN", "origin_differs", 0.5, "origin differs from the posting country"),
    StarterRule("R-ZERO", "value_zero", 0.8, "declared value is zero"),
    *HISTORY_RULES,
)

SPEC = FeatureSpec(
    name="parcels",
    fields=_FIELDS,
    features=_FEATURES,
    rules=STARTER_RULES,
    # About 9 % of US de minimis entries were violative in CBP's audit.
    base_rate=0.09,
    # A price or density that is unusual for the goods. Other combinations are no better than
    # chance before the first label: honest parcels are rare in many ways too.
    novelty=(("hs6", "unit_value"), ("hs6", "value_per_kg")),
)
