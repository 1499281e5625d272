"""The fields of a feature spec as other learners take them: one value a field, no crosses."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from scorers.evaluation.cases import Cases
from scorers.features.batch import Floats
from scorers.features.fields import Category, Number
from scorers.features.spec import FeatureSpec
from scorers.features.tables import ManifestTable

_ALPHABET: Final = {
    character: place for place, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1)
}
_BASE: Final = len(_ALPHABET) + 1
_CHARACTERS: Final = 10
"""As many digits of base 37 as a float can tell apart."""


class Columns:
    """Reads categories as text and numbers as log(1 + x); a number cut into several bins is one.

    The logarithm changes nothing for a tree and spares linear models a range of ten decades.
    """

    def __init__(self, spec: FeatureSpec) -> None:
        self._categories = [field for field in spec.fields if isinstance(field, Category)]
        numbers = [field for field in spec.fields if isinstance(field, Number)]
        self._numbers = list({field.source: field for field in numbers}.values())
        self.texts = [field.name for field in self._categories]
        self.numbers = [field.name for field in self._numbers]

    def records(self, cases: Cases) -> list[dict[str, Any]]:
        """Return each case as a mapping: texts and numbers by field."""
        table = ManifestTable(cases.manifests)
        columns: list[list[Any]] = [self._text(table, field) for field in self._categories]
        columns += [_number(table, field).tolist() for field in self._numbers]
        names = self.texts + self.numbers
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def matrix(self, cases: Cases) -> Floats:
        """Return each case as a row of numbers; texts keep their alphabetical order."""
        table = ManifestTable(cases.manifests)
        columns = [
            np.array([_ordered(text) for text in self._text(table, field)])
            for field in self._categories
        ]
        columns += [_number(table, field) for field in self._numbers]
        return np.column_stack(columns)

    @staticmethod
    def _text(table: ManifestTable, field: Category) -> list[str]:
        return [text[: field.prefix or None] for text in table.column(field.source)]


def _ordered(text: str) -> float:
    """Return a number in the order of the texts: codes that are alike are often near in it.

    Codes of digits are their own number: XGBoost keeps 24 bits, which tell those apart.

    >>> _ordered("") < _ordered("KR") < _ordered("kr1") < 1.0, _ordered("610910")
    (True, 610910.0)
    """
    if text.isdecimal():
        return float(text)
    digits = (_ALPHABET.get(character, 0) for character in text[:_CHARACTERS].upper())
    return sum(digit * float(_BASE) ** -place for place, digit in enumerate(digits, 1))


def _number(table: ManifestTable, field: Number) -> Floats:
    values = np.nan_to_num(np.asarray(table.column(field.source), np.float64))
    return np.log1p(np.maximum(values, 0.0))
