"""How much of which violation there is, and how well it hides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Final

WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "undervaluation": 0.20,
        "splitting": 0.10,
        "misclassification": 0.15,
        "false-origin": 0.09,
        "counterfeit": 0.12,
        "prohibited": 0.05,
        "dangerous-goods": 0.08,
        "ioss-misuse": 0.07,
        "gift-misuse": 0.05,
        "drop-address": 0.05,
        "price-collapse": 0.04,
    }
)
"""The typologies and their default shares of the violating parcels."""

COLLAPSE: Final = "price-collapse"


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of violations, each in [0, 1].

    Parameters
    ----------
    violation_share
        Parcels with a violation. The default is CBP's audit of US de minimis entries: 9 %.
    ordinary_share
        Violations without any sign in the manifest, by sellers who look honest: nobody can
        find these but by chance.
    opportunist_share
        Violations that show the typology's signs, by sellers who are honest otherwise. What is
        left is the work of bad actors, who do it again and again.
    noise_share
        Parcels, honest or not, whose data are faulty (a check digit, a digit of the HS code).
    weights
        Typology to its relative share of violating parcels.

    >>> Mix(weights={"smuggling": 1.0})
    Traceback (most recent call last):
        ...
    ValueError: Expected typologies among WEIGHTS, got `smuggling`
    """

    violation_share: float = 0.09
    ordinary_share: float = 0.12
    opportunist_share: float = 0.13
    noise_share: float = 0.02
    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)

    def __post_init__(self) -> None:
        for share in (f.name for f in fields(self) if f.name.endswith("_share")):
            if not 0 <= getattr(self, share) <= 1:
                raise ValueError(f"Expected {share} in [0, 1], got {getattr(self, share)}")
        if self.concentrated_share < 0:
            raise ValueError("Expected ordinary_share + opportunist_share of at most 1")
        for name, weight in self.weights.items():
            if name not in WEIGHTS:
                raise ValueError(f"Expected typologies among WEIGHTS, got `{name}`")
            if weight < 0:
                raise ValueError(f"Expected a weight of at least 0 for `{name}`, got {weight}")
        if not sum(self.weights.values()) > 0:
            raise ValueError("Expected a positive sum of weights")

    @property
    def concentrated_share(self) -> float:
        """The share of violations that bad actors commit."""
        return 1 - self.ordinary_share - self.opportunist_share

    def parcels(self) -> dict[str, float]:
        """Return each typology's share of all parcels.

        >>> {name: round(share, 4) for name, share in Mix().parcels().items()}["splitting"]
        0.009
        """
        total = sum(self.weights.values())
        return {n: self.violation_share * w / total for n, w in self.weights.items()}
