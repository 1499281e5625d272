"""The fields of a feature spec as other learners take them: one value a field, no crosses."""

from __future__ import annotations

from typing import Any

import numpy as np

from scorers.evaluation.cases import Cases
from scorers.features.batch import Floats
from scorers.features.spec import Category, FeatureSpec, Number
from scorers.features.tables import ManifestTable


class Columns:
    """Reads categories as text and numbers as log(1 + x); a number cut into several bins is one.

    The logarithm changes nothing for a tree and spares linear models a range of ten decades.
    """

    def __init__(self, spec: FeatureSpec) -> None:
        self._categories = [field for field in spec.fields if isinstance(field, Category)]
        numbers = [field for field in spec.fields if isinstance(field, Number)]
        self._numbers = list({field.source: field for field in numbers}.values())
        self._codes: dict[str, dict[str, int]] = {field.name: {} for field in self._categories}
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
        """Return each case as a row of numbers; texts are numbered as they are first seen."""
        table = ManifestTable(cases.manifests)
        columns = [self._coded(table, field) for field in self._categories]
        columns += [_number(table, field) for field in self._numbers]
        return np.column_stack(columns)

    @staticmethod
    def _text(table: ManifestTable, field: Category) -> list[str]:
        return [text[: field.prefix or None] for text in table.column(field.source)]

    def _coded(self, table: ManifestTable, field: Category) -> Floats:
        texts = self._text(table, field)
        if field.prefix:  # a code of goods: its order means something, and trees can use it
            return np.array([int(text) if text.isdecimal() else -1 for text in texts], np.float64)
        codes = self._codes[field.name]
        return np.array([codes.setdefault(text, len(codes)) for text in texts], np.float64)


def _number(table: ManifestTable, field: Number) -> Floats:
    values = np.nan_to_num(np.asarray(table.column(field.source), np.float64))
    return np.log1p(np.maximum(values, 0.0))
