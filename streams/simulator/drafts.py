"""A parcel while it is being made up: EUR and kg, before rounding and foreign currency."""

from __future__ import annotations

import msgspec

from schemas.manifest import Party
from schemas.types import Channel, Incoterm, TransactionNature
from streams.simulator.places import Destination
from streams.simulator.sellers import Listing, Seller


class Line(msgspec.Struct, gc=False):
    """One line of the declaration to be; `value_eur` is the line's total."""

    listing: Listing
    description: str
    hs_code: str
    quantity: int
    value_eur: float
    net_kg: float
    origin: str
    product_ref: str
    un_number: str


class Draft(msgspec.Struct, gc=False):
    """Everything that becomes a manifest and an order.

    `paid_eur` is the truth of the sale, whatever the lines declare; `order_id` is empty where
    there is none. `check_digit_off` and `gross_factor` are for faulty data: what is added to the
    right check digit, and the factor on the right gross mass.
    """

    seller: Seller
    place: Destination
    platform_id: str
    seller_id: str
    channel: Channel
    operator_id: str
    consignor: Party
    consignee: Party
    lines: list[Line]
    paid_eur: float
    nature: TransactionNature
    order_id: str
    ioss: str
    incoterm: Incoterm
    declarant_id: str
    office: str
    total_factor: float = 1.0
    gross_factor: float = 1.0
    check_digit_off: int = 0
    serial: int = 0
    buyer: Party | None = None
    deliver_to: Party | None = None
    violations: tuple[str, ...] = ()

    @property
    def value_eur(self) -> float:
        """The sum of the declared values."""
        return sum([line.value_eur for line in self.lines])

    def scale(self, factor: float) -> None:
        """Multiply every declared value by `factor`."""
        for line in self.lines:
            line.value_eur *= factor
