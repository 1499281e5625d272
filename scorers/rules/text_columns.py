"""Columns of codes and identifiers: all texts and starts that tests list, found by their hashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final

from scorers.features.declared import DeclaredTable, TextPart
from scorers.quality import Flags
from scorers.rules.columns import Column
from scorers.rules.conditions import Leaf, Listed, StartsWith, Test
from scorers.rules.listed_texts import EXACT_BYTES, WHOLE, EachText, SearchedTexts

_FEW: Final = 64
"""Texts that are compared with every value; of more each value is searched for."""

_Asked = tuple[int, str]
"""How many bytes of a value count, and the text that they must be."""


class TextColumn(Column):
    """Texts that are asked for as they are, or by how they start.

    The hashes are those that features are made from, mostly there already. Longer texts could share
    a hash; `claims` are left to be checked where that matters, others are compared at once.
    """

    def __init__(
        self,
        source: str,
        tests: Sequence[Test],
        *,
        short: bool,
        negated: Container[Leaf] = frozenset(),
    ) -> None:
        asked = {test: list(_asked(test)) for test in tests}
        single: dict[int, list[Test]] = defaultdict(list)
        for test, texts in asked.items():
            if len(texts) == 1 and texts[0][0] <= EXACT_BYTES:
                single[texts[0][0]].append(test)
        # What a rule must not find has to be known for sure, before it hides a match.
        few = {size: sorted(some[:_FEW], key=negated.__contains__) for size, some in single.items()}
        each = [test for some in few.values() for test in some]
        rest = [test for test in tests if test not in set(each)]
        super().__init__(source, [*each, *rest])
        self._each: list[EachText] = []
        first = 0
        for size, some in few.items():
            listed = [asked[test][0][1] for test in some]
            sure = sum(test in negated for test in some)
            self._each.append(EachText(size, listed, short=short, first=first, sure=sure))
            first += len(some)
        wanted = _by_size((asked[test] for test in rest), first)
        self._lists = [SearchedTexts(size, some, short=short) for size, some in wanted.items()]

    @property
    def hashed(self) -> list[TextPart]:
        """What will be asked for by its hash."""
        return [(self.source, part.size) for part in (*self._each, *self._lists)]

    @property
    def claims(self) -> Mapping[int, str]:
        """Texts that are known by their hash only, by the place of the test that asks for one."""
        return {place: text for part in self._each for place, text in part.claims.items()}

    def fill(self, table: DeclaredTable, out: Flags) -> None:
        """Set which texts satisfy which tests."""
        for part in (*self._each, *self._lists):
            part.fill(self.source, table, out)


def _by_size(asked: Iterable[Sequence[_Asked]], first: int) -> dict[int, dict[str, list[int]]]:
    """Return the lines, from `first` on, of the tests that ask for each text of each size."""
    listed: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for line, texts in enumerate(asked, first):
        for size, text in texts:
            listed[size][text].append(line)
    return listed


def _asked(test: Test) -> Iterable[_Asked]:
    """Yield each text that a test asks for, with how many bytes of a value count."""
    if isinstance(test, Listed):
        yield from ((WHOLE, text) for text in test.values)
    elif isinstance(test, StartsWith):
        for prefix in test.prefixes:
            yield len(prefix.encode("utf-8", "surrogatepass")), prefix
