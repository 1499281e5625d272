"""Write the dashboards: `python -m deploy.dashboards`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.dashboards.boards import BOARDS

FOLDER: Final = Path(__file__).parents[1] / "grafana/dashboards"


def rendered() -> dict[Path, str]:
    """Return what each file has to hold."""
    encoder = JSONEncoder(sort_keys=True, indent=2)
    return {
        FOLDER / f"{name}.json": encoder.encode(board.built().build()) + "\n"
        for name, board in BOARDS.items()
    }


if __name__ == "__main__":
    for path, text in rendered().items():
        path.write_text(text, encoding="utf-8")
