"""Descriptions that say nothing about the goods (ICS2 stop words)."""

from __future__ import annotations

from datetime import date

VALID_FROM = date(2025, 1, 1)
SOURCE = "European Commission, ICS2 list of unacceptable goods descriptions (excerpt)"

STOP_WORDS = frozenset(
    """
    accessories|adapter|apparel|appliances|auto parts|bags|battery|boxes|cables|caps|cards|clothes|
    component|components|consolidated|courier goods|daily necessities|decorations|docs|documents|
    drugs|electronics|equipment|food|footwear|freight all kinds|garments|general cargo|gift|gifts|
    goods|items|merchandise|parts|products|sample|samples|stuff|toys|various
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)
"""Alone, each makes a description unacceptable; inside a longer one it only draws attention."""
