"""Sellers and what they list: each sells a few goods through one platform and one shipper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from streams.simulator.catalogue import Good, catalogue, made_in
from streams.simulator.draws import Draws, Popularity, golden, lognormal, zipf
from streams.simulator.parties import Platform, Shipper, ioss_number, make_platforms, make_shipper
from streams.simulator.places import DESTINATION_CHOICE, Destination
from streams.simulator.wording import VAGUE, listing_title

HUBS: Final = frozenset({"HK", "AE", "US", "GB"})
"""Countries whose sellers also pass on goods made elsewhere: there, origin and post differ."""

MAX_LISTINGS: Final = 5
_BATTERIES: Final = frozenset({"UN3480", "UN3481", "UN3090"})
_SELLERS_PER_SHIPPER: Final = 5
_PRICE_LEVEL: Final = lognormal(0.25)

# Honest sellers who look like bad ones: cheap goods, one-word descriptions, no UN number.
_BARGAIN_SHARE: Final = 0.12
_VAGUE_SHARE: Final = 0.03
_EXEMPT_SHARE: Final = 0.08
_IMPORTED_SHARE: Final = 0.025
_OWN_IOSS_SHARE: Final = 0.10

_MAKERS: Final = ("VN", "TH", "KR", "TW", "MY", "JP", "ID")


@dataclass(frozen=True, slots=True)
class Listing:
    """Goods as one seller lists and declares them: EUR and kg a unit."""

    good: Good
    description: str
    title: str
    hs_code: str
    price_eur: float
    unit_kg: float
    origin: str
    product_ref: str
    un_number: str


@dataclass(frozen=True, slots=True)
class Seller:
    """A seller. `home` is the country that receives an outsized share of the parcels."""

    id: str
    platform: Platform
    shipper: Shipper
    listings: tuple[Listing, ...]
    home: Destination
    ioss: str


@dataclass(frozen=True, slots=True)
class Market:
    """Everyone who sells, and how often (relative numbers of honest parcels)."""

    platforms: tuple[Platform, ...]
    sellers: tuple[Seller, ...]
    weights: tuple[float, ...]


def make_market(seed: int, sellers: int) -> Market:
    """Return the market of this seed with this many sellers, the most popular first."""
    draws = Draws(seed, "market")
    platforms = make_platforms(draws)
    by_share = Popularity(platforms, zipf(len(platforms), 0.8))
    shippers = [
        make_shipper(rank, draws) for rank in range(max(1, sellers // _SELLERS_PER_SHIPPER))
    ]
    by_channel = sorted(shippers, key=lambda shipper: shipper.channel)
    everyone = []
    for rank in range(sellers):
        # Along the shippers sorted by channel, so that popular sellers keep the channels' shares.
        shipper = by_channel[int(golden(rank, 0.17) * len(by_channel))]
        everyone.append(_make_seller(rank, by_share.pick(draws.u()), shipper, draws))
    return Market(platforms, tuple(everyone), tuple(zipf(sellers, 0.75)))


def honest_choice(market: Market, bad: Mapping[str, float], total: float) -> Popularity[Seller]:
    """Return the choice of sellers of honest parcels: bad ones as given, the rest as they rank."""
    good = [0.0 if s.id in bad else w for s, w in zip(market.sellers, market.weights, strict=True)]
    rest = max(total - sum(bad.values()), total / 2) / (sum(good) or 1)
    weights = [bad.get(s.id, w * rest) for s, w in zip(market.sellers, good, strict=True)]
    return Popularity(market.sellers, weights if any(weights) else market.weights, slots=65_536)


def _make_seller(rank: int, platform: Platform, shipper: Shipper, draws: Draws) -> Seller:
    name = f"seller-{rank}"
    range_of_goods = catalogue() if shipper.country in HUBS else made_in(shipper.country)
    level = draws.between(0.35, 0.6) if draws.chance(_BARGAIN_SHARE) else draws.one(_PRICE_LEVEL)
    vague = draws.chance(_VAGUE_SHARE)
    goods = draws.some(range_of_goods, 1 + draws.below(MAX_LISTINGS))
    listings = tuple(
        make_listing(good, f"{name}-{n}", shipper.country, draws, level, vague)
        for n, good in enumerate(goods)
    )
    own = draws.chance(_OWN_IOSS_SHARE)
    home = DESTINATION_CHOICE.pick(draws.u())
    return Seller(
        name, platform, shipper, listings, home, ioss_number(draws) if own else platform.ioss
    )


def make_listing(
    good: Good, ref: str, country: str, draws: Draws, level: float = 1.0, vague: bool = False
) -> Listing:
    """Return `good` as listed by a seller in `country`; `level` scales the usual price."""
    low, high = good.price_eur
    wording = draws.one(good.wordings)
    exempt = draws.chance(_EXEMPT_SHARE)
    return Listing(
        good=good,
        description=draws.one(VAGUE) if vague else wording + _remark(good, exempt, draws),
        title=listing_title(wording, draws),
        hs_code=good.hs6 + draws.one(("", "", "", "", "00", "0000")),
        price_eur=round(low * (high / low) ** draws.u() * level, 2),
        unit_kg=round(draws.between(*good.unit_kg), 3),
        origin=_origin(good, country, draws),
        product_ref=ref if draws.chance(0.3) else "",
        un_number="" if exempt else good.un_number,
    )


def _origin(good: Good, country: str, draws: Draws) -> str:
    """Return where the goods were made: mostly at home, else as listed, seldom elsewhere."""
    if draws.chance(_IMPORTED_SHARE):
        return draws.one(_MAKERS)
    return country if country in good.origins else good.origins[0]


def _remark(good: Good, exempt: bool, draws: Draws) -> str:
    """Return what half of the sellers add who rightly give no UN number."""
    says_so = exempt and good.un_number in _BATTERIES and draws.chance(0.5)
    return ", without battery" if says_so else ""
