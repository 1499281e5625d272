"""What a ratio to something usual is called."""

from __future__ import annotations

import pytest

from scorers.features.fields import Number
from scorers.phrases import phrase_of

PRICE = Number("price", "profiles.price", "value per kg", (1.0,), unit="the usual", times=True)


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (None, "value per kg against the usual not known"),
        (0.0, "value per kg of nothing against the usual"),
        (0.01, "value per kg 100x below the usual"),
        (0.994, "value per kg 1.01x below the usual"),
        (0.996, "value per kg about the usual"),
        (1.0, "value per kg about the usual"),
        (1.004, "value per kg about the usual"),
        (1.006, "value per kg 1.01x above the usual"),
        (1_234.0, "value per kg 1.23e+03x above the usual"),
    ],
)
def test_phrase_of_a_ratio_says_on_which_side_of_the_usual_it_is(
    ratio: float | None, said: str
) -> None:
    assert phrase_of(PRICE)({"profiles.price": ratio}) == said
