"""What each violation does to a parcel: one function a typology, with the signs it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from schemas.types import TransactionNature
from streams.simulator.actors import Actor
from streams.simulator.drafts import Draft
from streams.simulator.draws import Draws
from streams.simulator.honest import IOSS_LIMIT_EUR, forget_sale, post_privately
from streams.simulator.mix import COLLAPSE
from streams.simulator.parties import (
    CONSIGNEES_PER_WEIGHT,
    address,
    consignee,
)
from streams.simulator.places import Destination
from streams.simulator.wording import BATTERY_MASKS, MASKS, VAGUE, article_code

GIFT_LIMIT_EUR: Final = 45.0
"""Gifts between private people up to this value pay nothing (Regulation 1186/2009)."""

_PRIVATE_NATURES: Final[tuple[TransactionNature, ...]] = ("sale", "sale", "gift", "gift", "other")
_NEWCOMERS: Final = 10_000_000
_PARCELS_PER_ACCOUNT: Final = 40
"""A counterfeiter's seller account is closed after about as many parcels; a new one follows."""


@dataclass(frozen=True, slots=True)
class Case:
    """One violation: its parcels (several for split consignments), who does it, and chance."""

    drafts: list[Draft]
    actor: Actor
    draws: Draws

    @property
    def draft(self) -> Draft:
        """The parcel, where there is one."""
        return self.drafts[0]


def undervaluation(case: Case) -> None:
    """Declare a fraction of the price paid, often in round amounts."""
    draft, draws = case.draft, case.draws
    draft.scale(draws.between(0.08, 0.42))
    if draws.chance(0.4):
        for line in draft.lines:
            line.value_eur = float(max(1, round(line.value_eur)))


def price_collapse(case: Case) -> None:
    """Declare a fraction of the price paid, from some moment on, as a seller known before."""
    case.draft.scale(case.draws.between(0.12, 0.4))


def splitting(case: Case) -> None:
    """Send one purchase above the limit as parcels below it, to one address, ids in a row."""
    draws, drafts = case.draws, case.drafts
    place, number = drafts[0].place, draws.one(case.actor.consignees)
    home = address(place, number)
    parts = [draws.between(0.92, 1.08) for _ in drafts]
    total = draws.between(IOSS_LIMIT_EUR * 1.1, len(drafts) * IOSS_LIMIT_EUR * 0.8)
    for draft, part in zip(drafts, parts, strict=True):
        _resize(draft, total * part / sum(parts))
        relative = number if draws.chance(0.6) else _newcomer(place, draws)
        draft.consignee = consignee(place, relative, home)


def misclassification(case: Case) -> None:
    """Declare a heading with a lower duty, with words that fit anything or that do not fit."""
    for line in case.draft.lines:
        line.hs_code = case.actor.heading
        if case.draws.chance(0.6):
            line.description = case.draws.one(VAGUE)


def false_origin(case: Case) -> None:
    """Declare an origin with a lower duty than that of where the goods were made."""
    for line in case.draft.lines:
        line.origin = case.actor.origin


def counterfeit(case: Case) -> None:
    """Sell a brand's goods far below its price, from an account opened a few parcels ago."""
    draft, actor = case.draft, case.actor
    factor = case.draws.between(0.25, 0.7)
    draft.scale(factor)
    draft.paid_eur *= factor
    draft.seller_id = f"{draft.seller_id}-{1 + actor.parcels // _PARCELS_PER_ACCOUNT}"


def prohibited(case: Case) -> None:
    """Send drugs, medicines or weapon parts under another name, between people not seen before."""
    draft, draws = case.draft, case.draws
    line = draft.lines[0]
    line.description = draws.one(MASKS if draws.chance(0.7) else VAGUE)
    line.hs_code, line.product_ref, line.un_number = case.actor.heading, "", ""
    line.quantity, line.net_kg = 1, draws.between(0.03, 0.9)
    line.value_eur = float(draws.one((5, 8, 10, 10, 12, 15, 20, 20, 25, 30)))
    draft.lines, draft.paid_eur = [line], line.value_eur
    draft.consignee = consignee(draft.place, _newcomer(draft.place, draws))
    nature = draws.one(_PRIVATE_NATURES)
    if nature != "sale":
        forget_sale(draft, nature)
        post_privately(draft, draws)


def dangerous_goods(case: Case) -> None:
    """Leave out the UN number, and sometimes the word that would ask for one."""
    for line in case.draft.lines:
        line.un_number = ""
        if case.draws.chance(0.4):
            line.description = case.draws.one(BATTERY_MASKS)


def ioss_misuse(case: Case) -> None:
    """Use somebody else's IOSS number, or an intermediary's, which is no VAT number."""
    case.draft.ioss, case.draft.incoterm = case.actor.ioss, "DDP"


def gift_misuse(case: Case) -> None:
    """Call a sale a gift: a firm sends it, at a value just below the limit, with article codes."""
    draft, draws = case.draft, case.draws
    forget_sale(draft, "gift")
    if draft.value_eur > GIFT_LIMIT_EUR or draws.chance(0.5):
        draft.scale(draws.between(0.6, 0.999) * GIFT_LIMIT_EUR / draft.value_eur)
    if draws.chance(0.5):
        draft.lines[0].description = article_code(draws)


def drop_address(case: Case) -> None:
    """Send to one address under ever new names, often handed to yet another name there."""
    draft, draws = case.draft, case.draws
    place = draft.place
    spot = address(place, draws.one(case.actor.consignees[:2]))
    draft.consignee = consignee(place, _newcomer(place, draws), spot)
    handed_over = draws.chance(0.65)
    draft.deliver_to = consignee(place, _newcomer(place, draws), spot) if handed_over else None
    if draws.chance(0.3):
        draft.buyer = consignee(place, _newcomer(place, draws))


def _newcomer(place: Destination, draws: Draws) -> int:
    """Return the number of a consignee who has never ordered before."""
    return int(place.weight * CONSIGNEES_PER_WEIGHT) + draws.below(_NEWCOMERS)


def _resize(draft: Draft, value_eur: float) -> None:
    """Change how many units `draft` has, so that it is worth `value_eur`, declared and paid."""
    factor = value_eur / draft.value_eur
    for line in draft.lines:
        quantity = max(1, round(line.quantity * factor))
        line.net_kg *= quantity / line.quantity
        line.quantity = quantity
    draft.scale(factor)
    draft.paid_eur = value_eur


TYPOLOGIES: Final[Mapping[str, Callable[[Case], None]]] = {
    "undervaluation": undervaluation,
    "splitting": splitting,
    "misclassification": misclassification,
    "false-origin": false_origin,
    "counterfeit": counterfeit,
    "prohibited": prohibited,
    "dangerous-goods": dangerous_goods,
    "ioss-misuse": ioss_misuse,
    "gift-misuse": gift_misuse,
    "drop-address": drop_address,
    COLLAPSE: price_collapse,
}


def commit(case: Case) -> list[Draft]:
    """Apply the typology of the actor, label the parcels with it, and return them."""
    typology = case.actor.typology
    TYPOLOGIES[typology](case)
    case.actor.parcels += len(case.drafts)
    for draft in case.drafts:
        draft.violations = (typology,)
    return case.drafts
