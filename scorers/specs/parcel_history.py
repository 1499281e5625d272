"""Features of what shippers, addresses, lanes and orders did before (`scorers.profiled`)."""

from __future__ import annotations

from scorers.features.fields import Note, Number, Signal, crosses, log_edges
from scorers.features.spec import StarterRule

_SHARES = (0.03, 0.06, 0.09, 0.12, 0.2, 0.3, 0.5)
_COUNTS = (0.5, 1.5, 3.0, 6.0, 12.0, 25.0)
_RATIOS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.5, 3.0)
_LIMITS = (0.25, 0.5, 0.8, 0.95, 1.0, 1.2, 1.6, 2.5)

HISTORY_FIELDS = (
    Number("consignee_week", "profiles.consignee_count_7d", "consignee's parcels a week", _COUNTS),
    Number(
        "consignee_sum",
        "profiles.consignee_value_7d",
        "consignee's week",
        log_edges(16, 2048),
        unit="EUR",
    ),
    Number(
        "of_limit", "profiles.consignee_of_limit", "consignee's week against the limit", _LIMITS
    ),
    Number("consignee_rate", "profiles.consignee_rate", "consignee's violation rate", _SHARES),
    Number("address_week", "profiles.address_count_7d", "address's parcels a week", _COUNTS),
    Number(
        "address_of_limit", "profiles.address_of_limit", "address's week against the limit", _LIMITS
    ),
    Number(
        "address_names", "profiles.address_distinct", "names at the address", (1.5, 2.5, 4, 7, 12)
    ),
    Number("address_rate", "profiles.address_rate", "address's violation rate", _SHARES),
    Number("shipper_rate", "profiles.shipper_rate", "shipper's violation rate", _SHARES),
    Number("shipper_near", "profiles.shipper_near_share", "shipper's share near limits", _SHARES),
    Number("shipper_burst", "profiles.shipper_burst", "shipper's day", (1.5, 2.5, 4, 8)),
    Number("seller_rate", "profiles.seller_rate", "seller's violation rate", _SHARES),
    Number("seller_age", "profiles.seller_age_days", "seller known for days", (0.1, 1, 3, 7, 30)),
    Number("seller_total", "profiles.seller_total", "seller's parcels", log_edges(1, 1024)),
    Number("ioss_shippers", "profiles.ioss_distinct", "shippers of the IOSS number", _COUNTS),
    Number("ioss_rate", "profiles.ioss_rate", "IOSS number's violation rate", _SHARES),
    Number(
        "lane_z", "profiles.lane_value_z", "value per kg in the lane", (-4, -3, -2, -1, 0, 1, 2)
    ),
    Number(
        "lane_times",
        "profiles.lane_value_times",
        "value per kg",
        _RATIOS,
        unit="this lane's usual",
        times=True,
    ),
    Number(
        "unit_times",
        "profiles.lane_unit_times",
        "value per unit",
        _RATIOS,
        unit="this lane's usual",
        times=True,
    ),
    Number("lane_burst", "profiles.lane_burst", "lane's day", (1.5, 2.5, 4, 8)),
    Number(
        "paid_share",
        "profiles.paid_share",
        "declared value",
        (0.2, 0.4, 0.6, 0.8, 0.95, 1.05),
        unit="the price paid",
        times=True,
    ),
    Number("title_share", "profiles.title_share", "words of the listing", (0.01, 0.2, 0.4, 0.6)),
    Note("consignee_former", "profiles.consignee_former", "consignee's parcel before"),
    Note("address_former", "profiles.address_former", "address's parcel before"),
    Signal(
        "splitting",
        "parcels of a week add up to more than the limit",
        "{:.1f} before to this consignee, {:.0f} EUR together, the last one {}",
        (
            "profiles.consignee_count_7d",
            "profiles.consignee_value_7d",
            "profiles.consignee_former",
        ),
    ),
    Signal(
        "drop_address",
        "many names at one address",
        "about {:.0f} names, the last parcel {}",
        ("profiles.address_distinct", "profiles.address_former"),
    ),
    Signal(
        "paid_more",
        "declared less than the order's price",
        "{:.0%} of it",
        ("profiles.paid_share",),
    ),
    Signal("order_unknown", "the platform has not reported the order"),
    Signal("order_by_another", "the order is another seller's"),
)

HISTORY_FEATURES = (
    *crosses("CONSIGNEE", "consignee_week", "of_limit", "of_limit+value", "consignee_rate"),
    *crosses("ADDRESS", "address_week", "address_names", "address_of_limit", "address_rate"),
    *crosses("ADDRESS", "address_names+consignee_week", "address_of_limit+value"),
    *crosses("SHIPPER", "shipper_rate", "shipper_near", "shipper_burst", "shipper_rate+lane_z"),
    *crosses("SELLER", "seller_rate", "seller_age", "seller_total", "seller_rate+lane_z"),
    *crosses("IOSS", "ioss_shippers", "ioss_rate", "ioss_shippers+platform"),
    *crosses("VALUE", "lane_z", "lane_times", "unit_times", "lane_times+seller_age"),
    *crosses("VALUE", "hs4+lane_times", "lane_burst"),
    *crosses("ORDER", "paid_share", "title_share", "paid_share+lane_times", "title_share+hs2"),
)

HISTORY_RULES = (
    StarterRule("R-SPLIT", "splitting", 1.2, "parcels of a week add up to more than the limit"),
    StarterRule("R-DROP", "drop_address", 0.8, "many names at one address"),
    StarterRule("R-PAID", "paid_more", 1.5, "declared less than the order's price"),
    StarterRule("R-SELLER", "order_by_another", 0.8, "the order is another seller's"),
)
