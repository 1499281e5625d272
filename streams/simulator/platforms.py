"""The simulator of platforms: an endless, repeatable stream of parcels with the truth attached."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from streams.simulator.actors import Underworld
from streams.simulator.drafts import Draft
from streams.simulator.draws import Draws
from streams.simulator.events import ORDER_PARTS, SPLIT_PARTS, Event, event_choice
from streams.simulator.honest import HonestTraffic
from streams.simulator.itemids import ItemIds
from streams.simulator.mix import Mix
from streams.simulator.places import DESTINATION_CHOICE, Destination
from streams.simulator.quality import spoil
from streams.simulator.sealing import Sealer, SimulatedParcel
from streams.simulator.sellers import Seller, make_market
from streams.simulator.typologies import Case, commit

__all__ = ["PlatformSimulator", "SimulatedParcel"]

_SELLERS: Final = 2_000
_PARTS_GAP: Final = 12
"""Parts of one consignment come up to so many parcels of others apart."""

_HOME: Final = 0.4
"""Share of a seller's parcels that go to its home market for sure."""


class PlatformSimulator:
    """Parcels of all platforms, in the order in which their manifests are submitted.

    Parameters
    ----------
    seed
        The same seed gives the same parcels, byte for byte, in any process.
    start
        Simulated time of the beginning, with a time zone.
    rate
        Parcels per simulated second, on average.
    mix
        Shares of violations.
    sellers
        Number of sellers; the few bad actors are some of them.

    >>> simulator = PlatformSimulator(seed=7, start=datetime(2026, 11, 1, tzinfo=UTC))
    >>> parcel = simulator.next()
    >>> parcel.manifest.schema_version, parcel.manifest.manifest_id
    (1, 'm7-1')
    """

    def __init__(
        self,
        seed: int,
        start: datetime,
        rate: float = 1000.0,
        mix: Mix | None = None,
        sellers: int = _SELLERS,
    ) -> None:
        if start.tzinfo is None:
            raise ValueError("Expected a start with a time zone, got a naive datetime")
        if not rate > 0:
            raise ValueError(f"Expected a rate > 0, got {rate}")
        if sellers < 1:
            raise ValueError(f"Expected at least 1 seller, got {sellers}")
        self._seed = seed
        self._rate = rate
        self._mix = mix or Mix()
        self._market = make_market(seed, sellers)
        self._draws = Draws(seed, "parcels")
        self._honest = HonestTraffic(self._draws)
        self._ids = ItemIds(Draws(seed, "ids"))
        self._sealer = Sealer(start.astimezone(UTC), f"m{seed}", self._draws)
        self._events = event_choice(self._mix)
        self._world = Underworld(self._market, self._mix, Draws(seed, "underworld"))
        self._waiting: list[tuple[int, int, Draft]] = []
        self._entered = 0
        self._count = 0
        self._elapsed_s = 0.0

    def __iter__(self) -> Iterator[SimulatedParcel]:
        return self

    def __next__(self) -> SimulatedParcel:
        return self.next()

    def next(self) -> SimulatedParcel:
        """Return the next parcel. There is always one."""
        draws = self._draws
        self._count += 1
        self._elapsed_s -= math.log(1.0 - draws.u()) / self._rate
        if self._waiting and self._waiting[0][0] <= self._count:
            draft = heapq.heappop(self._waiting)[2]
        else:
            draft = self._enter(self._happen(self._events.pick(draws.u())))
        if draws.u() < self._mix.noise_share:
            spoil(draft, draws)
        return self._sealer.seal(draft, self._count, self._elapsed_s)

    def shift(self, seed: int) -> None:
        """Let other sellers, addresses, numbers and lanes be the bad ones from now on.

        The market stays; parcels of a consignment under way still come.
        """
        self._world = Underworld(
            self._market, self._mix, Draws(self._seed, "underworld", "shift", seed)
        )

    def _happen(self, event: Event) -> list[Draft]:
        """Return the parcels of an event."""
        if event.who == "honest":
            return [self._everyday(self._world.seller())]
        if event.who == "order":
            return self._order_in_parts()
        if event.who == "ordinary":
            draft = self._everyday(self._world.slow_seller())
            draft.violations = (event.typology,)
            return [draft]
        return self._offence(event)

    def _offence(self, event: Event) -> list[Draft]:
        world, draws = self._world, self._draws
        by_chance = event.who == "opportunist"
        actor = world.opportunist(event.typology) if by_chance else world.actor(event.typology)
        seller = actor.seller or world.slow_seller()
        place = self._abroad(seller, actor.place(draws))
        parts = draws.one(SPLIT_PARTS) if event.typology == "splitting" else 1
        listings = actor.listings or seller.listings
        drafts = [self._honest.draft(seller, listings, place) for _ in range(parts)]
        return commit(Case(drafts, actor, draws))

    def _everyday(self, seller: Seller) -> Draft:
        u = self._draws.u
        place = seller.home if u() < _HOME else DESTINATION_CHOICE.pick(u())
        return self._honest.everyday(seller, seller.listings, self._abroad(seller, place))

    def _abroad(self, seller: Seller, place: Destination) -> Destination:
        """Return `place`, or another one if the seller's parcels would not cross a border."""
        while place.country == seller.shipper.country:
            place = DESTINATION_CHOICE.pick(self._draws.u())
        return place

    def _order_in_parts(self) -> list[Draft]:
        """Return the parcels of one honest order: each declares its part of what was paid."""
        seller = self._world.seller()
        place = self._abroad(seller, DESTINATION_CHOICE.pick(self._draws.u()))
        count = self._draws.one(ORDER_PARTS)
        drafts = [self._honest.draft(seller, seller.listings, place) for _ in range(count)]
        paid = sum(draft.paid_eur for draft in drafts)
        for draft in drafts:
            draft.consignee, draft.order_id = drafts[0].consignee, drafts[0].order_id
            draft.paid_eur = paid
        return drafts

    def _enter(self, drafts: list[Draft]) -> Draft:
        """Give `drafts` consecutive ids, return the first and let the others wait their turn."""
        first = self._ids.reserve(drafts[0].operator_id, len(drafts))
        due = self._count
        for n, draft in enumerate(drafts):
            draft.serial = first + n
            if n:
                due += 1 + self._draws.below(_PARTS_GAP)
                # The second number is never the same twice, so that drafts are not compared.
                self._entered += 1
                heapq.heappush(self._waiting, (due, self._entered, draft))
        return drafts[0]
