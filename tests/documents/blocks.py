"""Blocks of code in the documents, and what a comment before a block says of it.

`<!-- run -->`: a test runs it. `<!-- prints -->`: each line stands in what the block before it
printed, in this order. `<!-- file: NAME -->`: it is written to that file first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]

_BLOCK: Final = re.compile(
    r"(?:<!-- (?P<mark>run|prints|file: (?P<file>\S+)) -->\n)?"
    r"```(?P<language>\w*)\n(?P<text>.*?)```",
    re.DOTALL,
)


class Block(NamedTuple):
    """A block, and its mark: `run`, `prints`, `file`, or nothing."""

    mark: str
    file: str
    language: str
    text: str


def blocks_of(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page."""
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        mark = (found["mark"] or "").partition(":")[0]
        yield Block(mark, found["file"] or "", found["language"], found["text"])


def written_pages() -> list[Path]:
    """Return all pages that people write: those of the reference are made."""
    docs = [path for path in (ROOT / "docs").rglob("*.md") if "reference" not in path.parts]
    return sorted([*docs, *ROOT.glob("*.md")])
