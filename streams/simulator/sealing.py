"""From a draft to the records that are sent: rounding, currency, times and ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from schemas import manifest as manifest_schema
from schemas import order as order_schema
from schemas.manifest import Item, Manifest
from schemas.order import PlatformOrder
from streams.simulator.drafts import Draft
from streams.simulator.draws import Draws
from streams.simulator.itemids import s10, waybill

_MAX_TITLE: Final = 256
_RECEPTACLE_PARCELS: Final = 64
_POSTED_BEFORE_S: Final = 86_400
_ORDERED_BEFORE_S: Final = 3 * 86_400
_LIGHTEST_KG: Final = 0.001


@dataclass(frozen=True, slots=True)
class SimulatedParcel:
    """A parcel as the world sees it, and the truth that only an inspection shows.

    `violations` are codes of typologies, empty for an honest parcel; `order` is None where
    nobody declares a sale.
    """

    manifest: Manifest
    order: PlatformOrder | None
    violations: tuple[str, ...]


class Sealer:
    """Turns drafts into records. `prefix` makes the ids of two simulators differ."""

    def __init__(self, start: datetime, prefix: str, draws: Draws) -> None:
        self._start = start
        self._prefix = prefix
        self._draws = draws

    def seal(self, draft: Draft, number: int, elapsed_s: float) -> SimulatedParcel:
        """Return the records of parcel `number`, submitted `elapsed_s` seconds after the start."""
        posted = self._start + timedelta(
            seconds=int(elapsed_s) - 600 - self._draws.below(_POSTED_BEFORE_S)
        )
        submitted = self._start + timedelta(milliseconds=int(elapsed_s * 1_000))
        manifest = self._manifest(draft, number, submitted, posted)
        order = self._order(draft, posted) if draft.order_id else None
        return SimulatedParcel(manifest, order, draft.violations)

    def _manifest(
        self, draft: Draft, number: int, submitted: datetime, posted: datetime
    ) -> Manifest:
        rate, decimals = draft.place.per_eur, draft.place.decimals
        items = tuple([
            Item(
                line.description,
                line.hs_code,
                line.quantity,
                round(line.value_eur * rate, decimals),
                round(line.net_kg, 3),
                line.origin,
                line.product_ref,
                line.un_number,
            )
            for line in draft.lines
        ])  # fmt: skip
        post = draft.channel == "post"
        country = draft.seller.shipper.country
        return Manifest(
            schema_version=manifest_schema.SCHEMA_VERSION,
            manifest_id=f"{self._prefix}-{number}",
            item_id=_item_id(draft, country),
            id_scheme="s10" if post else "hawb",
            submitted_at=submitted,
            posted_at=posted,
            platform_id=draft.platform_id,
            channel=draft.channel,
            operator_id=draft.operator_id,
            origin_post_country=country,
            destination_country=draft.place.country,
            transaction_nature=draft.nature,
            consignor=draft.consignor,
            consignee=draft.consignee,
            gross_weight_kg=self._gross_kg(draft),
            total_value=round(sum([item.value for item in items]) * draft.total_factor, decimals),
            currency=draft.place.currency,
            items=items,
            seller_id=draft.seller_id,
            order_id=self._order_id(draft),
            office_of_entry=draft.office,
            declarant_id=draft.declarant_id,
            master_ref=f"{country}{draft.place.country}{number // _RECEPTACLE_PARCELS}",
            ioss=draft.ioss,
            incoterm=draft.incoterm,
            buyer=draft.buyer,
            deliver_to=draft.deliver_to,
        )

    def _gross_kg(self, draft: Draft) -> float:
        """Return the mass with packaging: a tenth more, and a bag or box."""
        net = sum([line.net_kg for line in draft.lines])
        packed = net * 1.05 + 0.01 + 0.05 * self._draws.u()
        return max(_LIGHTEST_KG, round(packed * draft.gross_factor, 3))

    def _order_id(self, draft: Draft) -> str:
        return f"{self._prefix}-{draft.order_id}" if draft.order_id else ""

    def _order(self, draft: Draft, posted: datetime) -> PlatformOrder:
        line = draft.lines[0]
        return PlatformOrder(
            schema_version=order_schema.SCHEMA_VERSION,
            platform_id=draft.platform_id,
            order_id=self._order_id(draft),
            ordered_at=posted - timedelta(seconds=3_600 + self._draws.below(_ORDERED_BEFORE_S)),
            seller_id=draft.seller_id,
            price_paid=round(draft.paid_eur * draft.place.per_eur, draft.place.decimals),
            currency=draft.place.currency,
            listing_title=line.listing.title[:_MAX_TITLE],
            quantity=sum([line.quantity for line in draft.lines]),
            product_ref=line.product_ref,
            buyer_id=(draft.buyer or draft.consignee).id,
        )


def _item_id(draft: Draft, country: str) -> str:
    if draft.channel == "post":
        return s10(draft.serial, country, draft.check_digit_off)
    return waybill(draft.serial, draft.operator_id)
