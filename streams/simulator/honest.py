"""Honest traffic: a seller's ordinary parcel, with the oddities of honest people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from schemas.types import TransactionNature
from streams.simulator.drafts import Draft, Line
from streams.simulator.draws import Draws, Popularity, lognormal
from streams.simulator.parties import (
    consignee,
    declarant_choice,
    draw_consignee,
    private_sender,
    shared_address,
)
from streams.simulator.places import DESTINATIONS, EU_HUB_OFFICES, Destination
from streams.simulator.sellers import Listing, Seller
from streams.simulator.wording import VAGUE, article_code

IOSS_LIMIT_EUR: Final = 150.0
"""Above it the import one-stop shop does not apply (VAT Directive, from 2021-07-01)."""

COUNTER: Final = "post-counter"
"""The platform of parcels that private people post."""

_QUANTITIES: Final = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 1, 1, 2, 1, 4, 1)
_PEOPLE: Final = 1_000_000
_MASS_NOISE: Final = lognormal(0.05)
_NATURES: Final[Popularity[TransactionNature]] = Popularity(
    ("sale", "gift", "return", "sample", "documents", "other"), (910, 30, 28, 16, 8, 8)
)
_LINES: Final = Popularity((1, 2, 3, 4), (50, 30, 14, 6))
_DECLARANTS: Final = {place.country: declarant_choice(place) for place in DESTINATIONS}

# What honest people do that looks like a violation.
_DISCOUNT: Final = 0.15
_OTHER_VALUE: Final = 0.03
_ONE_WORD: Final = 0.012
_OTHER_RECEIVER: Final = 0.02
_SHARED_ADDRESS: Final = 0.03
_FIRM_GIFT: Final = 0.1
_OTHER_ACCOUNT: Final = 0.02


class HonestTraffic:
    """Makes drafts of ordinary parcels."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._orders = 0

    def draft(self, seller: Seller, listings: Sequence[Listing], place: Destination) -> Draft:
        """Return the draft of a sale of some of `listings` to a consignee in `place`."""
        draws = self._draws
        u = draws.u
        lines = self._lines(listings)
        number = draw_consignee(place, draws)
        at = shared_address(place, draws) if u() < _SHARED_ADDRESS else None
        value = sum([line.value_eur for line in lines])
        with_ioss = place.eu and value <= IOSS_LIMIT_EUR and u() < 0.88
        hub = place.eu and u() < 0.3
        shipper = seller.shipper
        draft = Draft(
            seller=seller,
            place=place,
            platform_id=seller.platform.id,
            seller_id=seller.id,
            channel=shipper.channel,
            operator_id=shipper.operator_id,
            consignor=shipper.party,
            consignee=consignee(place, number, at),
            lines=lines,
            paid_eur=value,
            nature="sale",
            order_id=self.order_id(),
            ioss=seller.ioss if with_ioss else "",
            incoterm="DDP" if with_ioss else "DAP",
            declarant_id=_DECLARANTS[place.country].pick(u()),
            office=draws.one(EU_HUB_OFFICES if hub else place.offices),
        )
        if u() < _OTHER_RECEIVER:
            draft.deliver_to = consignee(place, draw_consignee(place, draws))
        return draft

    def everyday(self, seller: Seller, listings: Sequence[Listing], place: Destination) -> Draft:
        """Return a draft as `draft` does, of any nature, with the oddities of honest people."""
        u = self._draws.u
        draft = self.draft(seller, listings, place)
        nature = _NATURES.pick(u())
        if u() < _OTHER_ACCOUNT:
            draft.seller_id = f"{seller.id}-{1 + self._draws.below(3)}"
        if nature != "sale":
            self._no_sale(draft, nature)
        if u() < _OTHER_VALUE:
            draft.scale(self._draws.between(0.3, 1.2))
        if u() < _ONE_WORD:
            draft.lines[0].description = self._draws.one(VAGUE)
        return draft

    def order_id(self) -> str:
        """Return the id of a new order."""
        self._orders += 1
        return f"o-{self._orders}"

    def _lines(self, listings: Sequence[Listing]) -> list[Line]:
        """Return lines of different listings; the first listings sell best."""
        u = self._draws.u()
        first = int(u * u * len(listings))
        count = min(_LINES.pick(self._draws.u()), len(listings))
        return [self._line(listings[(first + n) % len(listings)]) for n in range(count)]

    def _line(self, listing: Listing) -> Line:
        u = self._draws.u
        quantity = self._draws.one(_QUANTITIES)
        price = listing.price_eur * (0.75 + 0.25 * u() if u() < _DISCOUNT else 1.0)
        return Line(
            listing,
            listing.description,
            listing.hs_code,
            quantity,
            price * quantity,
            listing.unit_kg * quantity * self._draws.one(_MASS_NOISE),
            listing.origin,
            listing.product_ref,
            listing.un_number,
        )

    def _no_sale(self, draft: Draft, nature: TransactionNature) -> None:
        draws = self._draws
        forget_sale(draft, nature)
        if nature == "gift" and draws.chance(_FIRM_GIFT):
            draft.lines[0].description = article_code(draws)
        elif nature in ("gift", "other"):
            post_privately(draft, draws)
        elif nature == "documents":
            line = draft.lines[0]
            line.description, line.hs_code, line.un_number = "documents", "491199", ""
            line.value_eur, line.net_kg = 0.0, draws.between(0.02, 0.3)
            draft.lines = [line]


def post_privately(draft: Draft, draws: Draws) -> None:
    """Make `draft` a parcel that a person near its shipper takes to the post."""
    draft.platform_id, draft.seller_id = COUNTER, ""
    draft.consignor = private_sender(draft.seller.shipper, draws.below(_PEOPLE))


def forget_sale(draft: Draft, nature: TransactionNature) -> None:
    """Make `draft` a parcel that nobody sold: no order, no IOSS number."""
    draft.nature = nature
    draft.order_id = draft.ioss = draft.incoterm = ""
