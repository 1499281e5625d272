"""Features of what shippers, addresses, lanes and orders did before (`scorers.profiled`)."""

from __future__ import annotations

from scorers.features.fields import Note, Number, Signal, crosses
from scorers.features.spec import StarterRule

_SHARES = (0.03, 0.06, 0.09, 0.12, 0.2, 0.3, 0.5)
_COUNTS = (0.5, 1.5, 3.0, 6.0, 12.0, 25.0)
_HOURS = (0.25, 1.0, 6.0, 24.0, 72.0, 168.0)
_RATIOS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.5, 3.0)
_LIMITS = (0.25, 0.5, 0.8, 1.0, 1.25, 1.6, 2.5)
_PAID = (0.1, 0.2, 0.3, 0.4, 0.5, 0.8, 0.95, 1.05)


def _of_limit(name: str, column: str, whose: str) -> Number:
    """Return a field of what came to somebody within a window, this parcel included."""
    label = f"what came to {whose}"
    return Number(name, f"profiles.{column}", label, _LIMITS, unit="the limit", times=True)


def _burst(name: str, column: str, whose: str) -> Number:
    """Return a field of how busy somebody's day is."""
    label = f"parcels of {whose} in a day"
    return Number(name, f"profiles.{column}", label, (1.5, 2.5, 4, 8), unit="its usual", times=True)


HISTORY_FIELDS = (
    Number("consignee_week", "profiles.consignee_count_7d", "consignee's parcels a week", _COUNTS),
    _of_limit("of_limit", "consignee_of_limit", "this consignee in a week"),
    _of_limit("day_of_limit", "consignee_day_of_limit", "this consignee in a day"),
    Number("consignee_rate", "profiles.consignee_rate", "consignee's violation rate", _SHARES),
    Number(
        "consignee_idle",
        "profiles.consignee_idle_hours",
        "last parcel to this consignee",
        _HOURS,
        unit="h ago",
    ),
    Number("address_week", "profiles.address_count_7d", "address's parcels a week", _COUNTS),
    _of_limit("address_of_limit", "address_of_limit", "this address in a week"),
    _of_limit("address_day_of_limit", "address_day_of_limit", "this address in a day"),
    Number(
        "address_names", "profiles.address_distinct", "names at the address", (1.5, 2.5, 4, 7, 12)
    ),
    Number("address_rate", "profiles.address_rate", "address's violation rate", _SHARES),
    Number(
        "address_idle",
        "profiles.address_idle_hours",
        "last parcel to this address",
        _HOURS,
        unit="h ago",
    ),
    Number("shipper_rate", "profiles.shipper_rate", "shipper's violation rate", _SHARES),
    Number("shipper_near", "profiles.shipper_near_share", "shipper's share near limits", _SHARES),
    _burst("shipper_burst", "shipper_burst", "this shipper"),
    Number("seller_rate", "profiles.seller_rate", "seller's violation rate", _SHARES),
    Number(
        "seller_age",
        "profiles.seller_age_days",
        "seller first seen",
        (0.1, 1, 3, 7, 30),
        unit="days ago",
    ),
    Number(
        "seller_times",
        "profiles.seller_unit_times",
        "value per unit",
        _RATIOS,
        unit="this seller's usual",
        times=True,
    ),
    Number("ioss_shippers", "profiles.ioss_distinct", "shippers of the IOSS number", _COUNTS),
    Number("ioss_rate", "profiles.ioss_rate", "IOSS number's violation rate", _SHARES),
    Number(
        "lane_z",
        "profiles.lane_value_z",
        "value per kg against this lane's usual",
        (-4, -3, -2, -1, 0, 1, 2),
        unit="standard deviations",
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
    _burst("lane_burst", "lane_burst", "this lane"),
    Number(
        "paid_share",
        "profiles.paid_share",
        "declared value",
        _PAID,
        unit="the price paid",
        times=True,
    ),
    Number(
        "paid_share_of_day",
        "profiles.paid_share_of_day",
        "what came to this consignee in a day",
        _PAID,
        unit="the price paid",
        times=True,
    ),
    Number("title_share", "profiles.title_share", "words of the listing", (0.01, 0.2, 0.4, 0.6)),
    Number("siblings", "profiles.siblings", "parcels to this household in a day", _COUNTS),
    _of_limit("siblings_of_limit", "siblings_of_limit", "this household in a day"),
    Note("sibling", "profiles.sibling_former", "parcel before it"),
    Note("address_former", "profiles.address_former", "address's parcel before"),
    Signal(
        "splitting",
        "parcels of a day add up to more than the limit",
        "{:.0f} before it to this household, {:.1f}x the limit together with it; the last: {}",
        ("profiles.siblings", "profiles.siblings_of_limit", "profiles.sibling_former"),
    ),
    Signal(
        "drop_address",
        "many names at one address",
        "about {:.0f} names before it, the last parcel {}",
        ("profiles.address_distinct", "profiles.address_former"),
    ),
    Signal(
        "handed_over",
        "delivered to somebody else at an address of several names",
        "about {:.0f} names before it, the last parcel {}",
        ("profiles.address_distinct", "profiles.address_former"),
    ),
    Signal(
        "paid_more",
        "declared less than the order's price",
        "{:.0%} of it",
        ("profiles.paid_share",),
    ),
    Signal(
        "value_fell",
        "declared far below the usual value per unit of this seller and lane",
        "{:.0%} of the seller's, {:.0%} of the lane's",
        ("profiles.seller_unit_times", "profiles.lane_unit_times"),
    ),
    Signal(
        "ioss_shared",
        "IOSS number used by unrelated shippers",
        "about {:.0f} shippers",
        ("profiles.ioss_distinct",),
    ),
    Signal("order_unknown", "the platform has not reported the order"),
    Signal("order_by_another", "the order is another seller's"),
)

HISTORY_FEATURES = (
    *crosses("CONSIGNEE", "consignee_week", "of_limit", "consignee_rate"),
    *crosses("CONSIGNEE", "consignee_idle+day_of_limit", "consignee_idle+paid_share_of_day"),
    *crosses("ADDRESS", "address_week", "address_of_limit", "address_rate"),
    *crosses("ADDRESS", "address_names", "address_names+consignee_week"),
    *crosses("ADDRESS", "address_idle+address_day_of_limit", "address_idle+paid_share", scale=2),
    *crosses("ADDRESS", "splitting+address_idle", "address_names+deliver_to_differs", scale=2),
    *crosses("SHIPPER", "shipper_rate", "shipper_near", "shipper_burst"),
    *crosses("SELLER", "seller_rate", "seller_age", "seller_times", "seller_rate+lane_z"),
    *crosses("IOSS", "ioss_shippers", "ioss_rate", "ioss_shippers+platform"),
    *crosses("VALUE", "lane_z", "lane_times", "unit_times", "hs4+lane_times", "lane_burst"),
    *crosses("ORDER", "paid_share", "paid_share_of_day", "title_share", "title_share+hs2"),
    *crosses("ORDER", "paid_share+lane_times", "paid_share_of_day+unit_times"),
    *crosses("ORDER", "splitting+paid_share", scale=2),
)

HISTORY_RULES = (
    StarterRule("R-SPLIT", "splitting", 1.8, "parcels of a day add up to more than the limit"),
    StarterRule("R-DROP", "drop_address", 0.8, "many names at one address"),
    StarterRule(
        "R-HANDED", "handed_over", 3.0, "delivered to somebody else at an address of several names"
    ),
    StarterRule("R-PAID", "paid_more", 2.0, "declared less than the order's price"),
    StarterRule(
        "R-FELL", "value_fell", 0.8, "declared far below what is usual for seller and lane"
    ),
    StarterRule("R-SHARED", "ioss_shared", 3.0, "IOSS number used by unrelated shippers"),
    StarterRule("R-SELLER", "order_by_another", 0.8, "the order is another seller's"),
)
