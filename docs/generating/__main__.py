"""Write the reference; with `--release`, also keep the schemas that are promised from now on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from docs.generating.contracts import released
from docs.generating.pages import REFERENCE, pages
from schemas import field_numbers

_RELEASED: Final = Path(__file__).parents[2] / "schemas" / "released"


def _write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main() -> None:
    """Write what changed, and remove what is no longer made."""
    numbers = field_numbers.extended(field_numbers.read_lists())
    field_numbers.FILE.write_text(field_numbers.as_text(numbers), encoding="utf-8")
    made = pages()
    for path in REFERENCE.rglob("*.*"):
        if str(path.relative_to(REFERENCE)) not in made:
            path.unlink()
    _write(REFERENCE, made)
    if "--release" in sys.argv[1:]:
        _write(_RELEASED, released())


if __name__ == "__main__":
    main()
