"""Text in declarations: names of people and firms, stop words, article codes, listing titles."""

from __future__ import annotations

from typing import Final

from streams.simulator.draws import Draws


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN: Final = _words(
    "Anna Marie Lukas Ewa Jan Sofia Paul Elena Marco Lea Tomas Ines Nora Hugo Irina Karl "
    "Maria David Julia Piotr Clara Emil Laura Oskar Alice Ahmed Fatima Wei Li Priya Omar Sara "
    "Daniel Olga Peter Rosa Simon Tina Viktor Yusuf Zoe Ben Carla Dario Eva Felix Grace Ivan"
)
FAMILY: Final = _words(
    "Muster Novak Rossi Garcia Dubois Jansen Nilsson Kowalski Popescu Huber Nagy Murphy Virtanen "
    "Svoboda Smith Brown Taylor Martin Lopez Schmidt Weber Fischer Moreau Laurent Ferrari Bianchi "
    "Wojcik Visser Peeters Lindberg Ionescu Gruber Kovacs Kelly Korhonen Dvorak Jones Wilson "
    "Miller Davis Tremblay Singh Khan Chen Wang Yamada Sato Kim Keller Meier Bauer Wolf Roux "
    "Fontana Greco Marin Torres Ruiz Bakker Maes Berg Horvat Ali Haas"
)
_FIRM: Final = _words(
    "Bright Golden Sunrise Pacific Lotus Eagle United Star River Jade Prime Orient"
)
_TRADE: Final = _words("Trading Export Supply Commerce E-Commerce Logistics Industry International")

VAGUE: Final = (
    "accessories", "parts", "gift", "clothes", "electronics", "daily necessities", "toys", "bags",
    "samples", "equipment", "footwear", "decorations", "component", "adapter", "apparel",
)  # fmt: skip
"""Single words and phrases from the stop-word list of ICS2, as declarants use them."""

BATTERY_MASKS: Final = (
    "phone accessories", "charger accessory", "electronic device", "spare part for phone",
    "portable charger", "battery", "power supply", "device",
)  # fmt: skip
"""What a declarant writes instead of naming a battery or a flammable liquid."""

MASKS: Final = (
    "health product", "plant extract", "craft supplies", "machine part", "metal part", "vitamins",
    "powder", "cosmetic sample", "hardware", "tool accessory", "herbal tea", "documents",
    "model parts", "pigment", "cleaning agent",
)  # fmt: skip
"""What a declarant writes instead of naming drugs, medicines or weapon parts."""

_PRAISE: Final = (
    "new season", "hot sale", "original quality", "free shipping", "best seller", "fast delivery",
    "limited offer", "top rated",
)  # fmt: skip


def person_name(number: int) -> str:
    """Return the name of person `number`.

    >>> person_name(0), person_name(300)
    ('Anna Muster', 'Nora Novak')
    """
    return f"{GIVEN[number % len(GIVEN)]} {FAMILY[(number >> 8) % len(FAMILY)]}"


def firm_name(city: str, draws: Draws) -> str:
    """Return the name of a firm in `city`."""
    return f"{city} {draws.one(_FIRM)} {draws.one(_TRADE)} Co Ltd"


def article_code(draws: Draws) -> str:
    """Return a description that reads like a stock-keeping code: no gift has one."""
    size = draws.one(("S", "M", "XL", "BLK", "WHT"))
    return f"SKU-{10_000 + draws.below(90_000)} {size} x{1 + draws.below(3)}"


def listing_title(wording: str, draws: Draws) -> str:
    """Return the title under which a platform shows the goods."""
    return f"{wording[0].upper()}{wording[1:]} - {draws.one(_PRAISE)}"
