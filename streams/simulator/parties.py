"""Who takes part: platforms, shippers and their operators, declarants, consignees, addresses."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from schemas.manifest import Party
from schemas.types import Channel
from streams.simulator.draws import Draws, Popularity, golden, zipf
from streams.simulator.places import ORIGIN_CHOICE, Destination
from streams.simulator.wording import firm_name, person_name

PLATFORM_COUNT: Final = 8
CONSIGNEES_PER_WEIGHT: Final = 4_000
"""Consignees of a country for each point of its weight: 400,000 in all."""

_SPREAD: Final = 0x9E37_79B9_7F4A_7C15
_MASK: Final = 0xFFFF_FFFF_FFFF_FFFF
_CHANNELS: Final[Popularity[Channel]] = Popularity(("post", "express", "other"), (45, 20, 35))
_EXPRESS: Final = ("aquila-express", "boreal-express", "cargonova")
_IOSS_STATES: Final = ("276", "528", "372", "442", "056")
_DIGITS: Final = string.digits
_LETTERS: Final = string.ascii_uppercase
_LOCKERS: Final = 12
_BLOCKS: Final = 6
DECLARANTS: Final = 4


class Address(NamedTuple):
    """Where a party is reached."""

    street: str
    city: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Platform:
    """A marketplace and its IOSS number."""

    id: str
    ioss: str


@dataclass(frozen=True, slots=True)
class Shipper:
    """A firm that posts parcels for sellers: the consignor, its channel and its operator."""

    party: Party
    country: str
    channel: Channel
    operator_id: str


def make_platforms(draws: Draws) -> tuple[Platform, ...]:
    """Return the platforms, the most popular first."""
    return tuple(Platform(f"platform-{c}", ioss_number(draws)) for c in "abcdefgh"[:PLATFORM_COUNT])


def ioss_number(draws: Draws, prefix: Literal["IM", "IN"] = "IM") -> str:
    """Return an IOSS number; with the prefix `IN`, that of an intermediary.

    >>> len(ioss_number(Draws(1))), ioss_number(Draws(1), "IN")[:2]
    (12, 'IN')
    """
    return f"{prefix}{draws.one(_IOSS_STATES)}{draws.below(10_000_000):07d}"


def make_shipper(rank: int, draws: Draws) -> Shipper:
    """Return the shipper of this rank. Origins and channels keep their shares over any ranks."""
    origin = ORIGIN_CHOICE.pick(golden(rank, 0.31))
    channel = _CHANNELS.pick(draws.u())
    city, postcode = draws.one(origin.cities)
    party = Party(
        id=f"shipper-{rank}",
        name=firm_name(city, draws),
        street=f"{1 + draws.below(300)} Harbour Rd",
        city=city,
        postcode=postcode,
        country=origin.country,
        kind="business",
    )
    return Shipper(party, origin.country, channel, _operator(channel, origin.country, draws))


def _operator(channel: Channel, country: str, draws: Draws) -> str:
    if channel == "post":
        return f"{country}POST"
    if channel == "express":
        return draws.one(_EXPRESS)
    return f"consol-{country.lower()}-{1 + draws.below(4)}"


def private_sender(shipper: Shipper, number: int) -> Party:
    """Return a person near the shipper, as the consignor of a parcel."""
    near = shipper.party
    mixed = _mix(number)
    return Party(
        f"p-{shipper.country}-{number}", person_name(mixed), f"{1 + mixed % 160} Garden St",
        near.city, near.postcode, near.country, "person",
    )  # fmt: skip


def draw_consignee(place: Destination, draws: Draws) -> int:
    """Return the number of a consignee of `place`; low numbers order more often."""
    u = draws.u()
    return int(u * u * place.weight * CONSIGNEES_PER_WEIGHT)


def address(place: Destination, number: int) -> Address:
    """Return the address with this number: nearly all differ."""
    mixed = _mix(number)
    city, postcode = place.cities[mixed % len(place.cities)]
    street = place.streets[(mixed >> 8) % len(place.streets)]
    house = 1 + (mixed >> 16) % 260
    return Address(f"{street} {house}", city, _nearby(postcode, mixed >> 25))


def _nearby(postcode: str, step: int) -> str:
    """Return a postcode of the same city: of the last two characters, others of their kind."""
    return postcode[:-2] + _like(postcode[-2], step) + _like(postcode[-1], step // 32)


def _like(character: str, step: int) -> str:
    alphabet = _DIGITS if character.isdigit() else _LETTERS
    return alphabet[step % len(alphabet)]


def _mix(number: int) -> int:
    """Return 39 bits of Fibonacci hashing: neighbours in number differ in name and address."""
    return (number * _SPREAD & _MASK) >> 25


def shared_address(place: Destination, draws: Draws) -> Address:
    """Return an address that many honest people share: a parcel locker, or a block of flats."""
    if draws.chance(0.5):
        return address(place, draws.below(_BLOCKS))
    number = draws.below(_LOCKERS)
    city, postcode = place.cities[number % len(place.cities)]
    return Address(f"Parcel Locker {100 + number}", city, postcode)


def consignee(place: Destination, number: int, at: Address | None = None) -> Party:
    """Return the consignee `number` of `place`, at home or at the address given.

    >>> from streams.simulator.places import BY_COUNTRY
    >>> consignee(BY_COUNTRY["DE"], 7) == consignee(BY_COUNTRY["DE"], 7)
    True
    """
    street, city, postcode = at or address(place, number)
    return Party(
        f"c-{place.country}-{number}", person_name(_mix(number)), street, city,
        postcode, place.country, "business" if number % 17 == 0 else "person",
    )  # fmt: skip


def declarant_choice(place: Destination) -> Popularity[str]:
    """Return the brokers who declare parcels for `place`; the last files few honest ones."""
    names = [f"broker-{place.country}-{n}" for n in range(1, DECLARANTS + 1)]
    return Popularity(names, zipf(DECLARANTS, 0.9))
