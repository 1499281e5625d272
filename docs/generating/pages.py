"""All that is made from the code, by its path within the reference."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from docs.generating.commands import commands_page
from docs.generating.contracts import contracts
from docs.generating.metrics import metrics_page
from docs.generating.reasons import reasons_page
from docs.generating.records import records_page, topics_page
from docs.generating.settings import settings_page

REFERENCE: Final = Path(__file__).parents[1] / "reference"


def pages() -> dict[str, str]:
    """Return the text of every file of the reference."""
    return {
        **contracts(),
        "commands.md": commands_page(),
        "metrics.md": metrics_page(),
        "reasons.md": reasons_page(),
        "records.md": records_page(),
        "settings.md": settings_page(),
        "topics.md": topics_page(),
    }
