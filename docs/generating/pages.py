"""All that is made from the code, by its path within the reference."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from docs.generating.contracts import contracts

REFERENCE: Final = Path(__file__).parents[1] / "reference"


def pages() -> dict[str, str]:
    """Return the text of every file of the reference."""
    return contracts()
