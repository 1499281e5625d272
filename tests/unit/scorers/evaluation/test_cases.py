"""Recorded cases: parts keep manifests, days and labels together."""

from __future__ import annotations

import numpy as np

from scorers.evaluation.cases import Cases, join
from tests.unit.scorers.evaluation.builders import ids, make_cases

CASES = make_cases([3, 0, 2, 4])


def test_by_day_yields_each_day_that_has_cases_once_and_in_order() -> None:
    days = list(CASES.by_day())
    assert [len(day) for day in days] == [3, 2, 4]
    assert all(len(set(day.days)) == 1 for day in days)
    assert ids(join(days)) == ids(CASES)


def test_by_day_of_no_cases_yields_nothing() -> None:
    assert list(Cases([], [], np.empty(0)).by_day()) == []


def test_batches_cover_all_cases_in_order() -> None:
    batches = list(CASES.batches(4))
    assert [len(batch) for batch in batches] == [4, 4, 1]
    assert np.array_equal(join(batches).labels, CASES.labels)


def test_pick_takes_manifest_day_and_label_of_the_same_case() -> None:
    picked = CASES.pick(np.array([7, 0]))
    assert ids(picked) == ["c-7", "c-0"]
    assert picked.days == [CASES.days[7], CASES.days[0]]
    assert picked.labels.tolist() == [CASES.labels[7], CASES.labels[0]]
