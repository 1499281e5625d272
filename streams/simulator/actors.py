"""Bad actors: the few sellers, addresses, numbers and lanes that most violations come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.types import Channel
from streams.simulator.campaigns import Campaigns
from streams.simulator.draws import Draws, Popularity, zipf
from streams.simulator.mix import COLLAPSE, Mix
from streams.simulator.parties import draw_consignee, ioss_number
from streams.simulator.places import DESTINATION_CHOICE, EU_CHOICE, Destination
from streams.simulator.sellers import Listing, Market, Seller, honest_choice

ROAMING: Final = frozenset({"splitting", "drop-address", "ioss-misuse", "prohibited"})
"""Typologies whose actors use any seller: an address, a number or a lane gives them away."""

_EU_ONLY: Final = frozenset({"splitting", "ioss-misuse"})
_SETTLED: Final = frozenset({"splitting", "drop-address"})
"""Typologies whose actors have addresses of their own, and send nowhere else."""

_ACTORS: Final = 130
_AT_LEAST: Final = 5
_AT_MOST: Final = 32
_KNOWN_SELLERS: Final = 20
"""The most popular sellers stay honest: platforms watch them."""

_CHANNEL_CHANCE: Final[Mapping[Channel, float]] = {"post": 0.75, "express": 0.15, "other": 1.0}
"""How readily a violator uses a channel: of express about 2 % violate, of other filers 12 %."""

_TURNS: Final = 60
"""Sellers whose values fall, one after the other: the most popular of those who are free."""

_HOME_TURF: Final = 0.75
_DEAR_EUR: Final = 12.0
_TRIES: Final = 30

FALSE_ORIGINS: Final = ("VN", "MY", "KR", "TH", "KH", "TW", "ID")
CHEAP_HEADINGS: Final = ("491191", "392690", "482010", "960810", "630790", "950300", "732690")
"""Covers of misclassification: duty-free, or low, and credible for almost anything."""
ODD_HEADINGS: Final = (
    "121190", "210690", "293499", "300490", "320649", "330499", "340290", "382499", "732690",
    "847989", "848790", "930599", "950300",
)  # fmt: skip
"""Covers of drugs, medicines, pill presses and weapon parts."""

_FITS: Final[Mapping[str, Callable[[Listing], bool]]] = {
    "undervaluation": lambda listing: listing.price_eur >= _DEAR_EUR,
    COLLAPSE: lambda listing: listing.price_eur >= _DEAR_EUR,
    "false-origin": lambda listing: listing.origin == "CN",
    "counterfeit": lambda listing: listing.good.brand,
    "dangerous-goods": lambda listing: bool(listing.un_number),
}


@dataclass(slots=True)
class Actor:
    """Someone who violates by one typology.

    `share` is the part of the parcels of this actor's seller that violate. `seller` is None for
    an actor who uses any. `heading`, `origin` and `ioss` are what this actor writes falsely;
    `consignees` are the numbers of those who receive, and of the addresses used.
    """

    typology: str
    seller: Seller | None
    listings: Sequence[Listing]
    places: tuple[Destination, ...]
    share: float
    heading: str
    origin: str
    ioss: str
    consignees: tuple[int, ...]
    parcels: int = 0

    def place(self, draws: Draws) -> Destination:
        """Return where the next parcel goes: mostly to the lanes that this actor knows."""
        if self.places and (self.typology in _SETTLED or draws.chance(_HOME_TURF)):
            return draws.one(self.places)
        return _anywhere(self.typology).pick(draws.u())


class Underworld:
    """Who violates, over the market of honest sellers. A new seed is a new set of actors."""

    def __init__(self, market: Market, mix: Mix, draws: Draws) -> None:
        self._market = market
        self._draws = draws
        self._numbers = self._stolen_numbers()
        self._actors: dict[str, Popularity[Actor] | Campaigns[Actor]] = {}
        honest_parcels: dict[str, float] = {}
        unknown = market.sellers[_KNOWN_SELLERS:] or market.sellers
        free = [s for s in draws.some(unknown, len(unknown)) if self._likes(s)]
        for typology, parcels in mix.parcels().items():
            if typology == COLLAPSE:
                continue
            actors = [self._make(typology, free) for _ in range(_size(typology, mix))]
            weights = zipf(len(actors), 0.5)
            self._actors[typology] = Popularity(actors, weights)
            for actor, weight in zip(actors, weights, strict=True):
                if actor.seller is not None:
                    violating = parcels * mix.concentrated_share * weight / sum(weights)
                    odds = (1 - actor.share) / actor.share
                    honest_parcels[actor.seller.id] = violating * odds
        if COLLAPSE in mix.weights:
            self._actors[COLLAPSE] = Campaigns(self._established(free))
        self._honest = honest_choice(market, honest_parcels, 1 - mix.violation_share)

    def actor(self, typology: str) -> Actor:
        """Return a bad actor of this typology."""
        return self._actors[typology].pick(self._draws.u())

    def opportunist(self, typology: str) -> Actor:
        """Return an honest seller who violates for once."""
        seller = self.slow_seller()
        for _ in range(_TRIES):
            if suitable(typology, seller):
                break
            seller = self.slow_seller()
        return self._actor(typology, seller, places=())

    def seller(self) -> Seller:
        """Return the seller of an honest parcel; bad actors' sellers have honest parcels too."""
        return self._honest.pick(self._draws.u())

    def slow_seller(self) -> Seller:
        """Return a seller for a violation: rarely one who uses express."""
        seller = self.seller()
        for _ in range(_TRIES):
            if self._likes(seller):
                break
            seller = self.seller()
        return seller

    def _likes(self, seller: Seller) -> bool:
        return self._draws.chance(_CHANNEL_CHANCE[seller.shipper.channel])

    def _make(self, typology: str, free: list[Seller]) -> Actor:
        seller = None if typology in ROAMING else self._take(typology, free)
        choice = _anywhere(typology)
        places = tuple(choice.pick(self._draws.u()) for _ in range(1 + self._draws.below(2)))
        return self._actor(typology, seller, places)

    def _established(self, free: Sequence[Seller]) -> list[Actor]:
        """Return those whose values will fall: sellers with a past, where they sell already."""
        unused = {seller.id for seller in free}
        sellers = [s for s in self._market.sellers if s.id in unused and suitable(COLLAPSE, s)]
        actors = [self._actor(COLLAPSE, s, (s.home,)) for s in sellers[:_TURNS]]
        return actors or [self._actor(COLLAPSE, None, ())]

    def _take(self, typology: str, free: list[Seller]) -> Seller | None:
        """Take a suitable seller off `free`; None, an actor who uses any, once all are taken."""
        for n, seller in enumerate(free):
            if suitable(typology, seller):
                return free.pop(n)
        return None

    def _actor(
        self, typology: str, seller: Seller | None, places: tuple[Destination, ...]
    ) -> Actor:
        draws = self._draws
        home = places[0] if places else _anywhere(typology).pick(draws.u())
        return Actor(
            typology=typology,
            seller=seller,
            listings=suitable(typology, seller) if seller else (),
            places=places,
            share=draws.between(0.3, 0.8),
            heading=draws.one(ODD_HEADINGS if typology == "prohibited" else CHEAP_HEADINGS),
            origin=draws.one(FALSE_ORIGINS),
            ioss=draws.one(self._numbers),
            consignees=tuple(draw_consignee(home, draws) for _ in range(4)),
        )

    def _stolen_numbers(self) -> tuple[str, ...]:
        """Return the IOSS numbers in misuse: two of sellers, one of nobody, one intermediary's."""
        owners = [s for s in self._market.sellers if s.ioss != s.platform.ioss]
        owned = [seller.ioss for seller in self._draws.some(owners, 2)]
        return (*owned, ioss_number(self._draws), ioss_number(self._draws, "IN"))


def suitable(typology: str, seller: Seller) -> tuple[Listing, ...]:
    """Return the listings with which `seller` can commit this typology."""
    fits = _FITS.get(typology)
    return tuple(ls for ls in seller.listings if fits(ls)) if fits else seller.listings


def _anywhere(typology: str) -> Popularity[Destination]:
    return EU_CHOICE if typology in _EU_ONLY else DESTINATION_CHOICE


def _size(typology: str, mix: Mix) -> int:
    share = mix.parcels()[typology] / (mix.violation_share or 1)
    return min(_AT_MOST, max(_AT_LEAST, round(_ACTORS * share)))
