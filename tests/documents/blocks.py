"""Blocks of code in the documents, and what a comment before a block says of it.

`<!-- run -->`: a test runs it. `<!-- prints -->`: each line stands in what the block before it
printed, in this order. `<!-- file: NAME -->`: it is written to that file first. `<!-- elsewhere:
FILE... -->`: these tests or other pages run its commands. `<!-- by hand: REASON -->`: nothing does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]

_BLOCK: Final = re.compile(
    r"(?:<!-- (?P<mark>run|prints|file|elsewhere|by hand)(?:: (?P<about>[^>]+))? -->\n)?"
    r"```(?P<language>\w*)\n(?P<text>.*?)```",
    re.DOTALL,
)


class Block(NamedTuple):
    """A block, and its mark, if it has one: the word, and what is said about it."""

    mark: str
    about: str
    language: str
    text: str


def blocks_of(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page."""
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield Block(found["mark"] or "", found["about"] or "", found["language"], found["text"])


def written_pages() -> list[Path]:
    """Return all pages that people write, not those that are made; the site's in its order."""
    docs = [path for path in (ROOT / "docs").rglob("*.md") if "reference" not in path.parts]
    site = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = [path for path in docs if path.relative_to(ROOT / "docs").as_posix() in site]
    listed.sort(key=lambda path: site.index(path.relative_to(ROOT / "docs").as_posix()))
    return [*listed, *sorted({*docs, *ROOT.glob("*.md")} - {*listed})]
