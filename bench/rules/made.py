"""Rule books of any size, made from a seed: what analysts would write, over many fields."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from schemas.manifest import Manifest
from scorers.features.tables import ManifestTable
from scorers.rules.book import RuleBook
from scorers.rules.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Contains,
    Listed,
    Not,
    Present,
    SameItem,
    StartsWith,
    Within,
)
from scorers.rules.rule import Rule, Validity
from scorers.rules.tokens import tokens

_SINCE = Validity(datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
_NUMBERS = {
    "total_value": 400.0,
    "gross_weight_kg": 20.0,
    "derived.unit_value": 100.0,
    "derived.value_per_kg": 500.0,
    "main.quantity": 30.0,
}
_SIGNALS = ("value_zero", "value_round", "gift_by_business", "description_vague", "origin_differs")
_CODE = "610910"
"""Instead of what is no number: simulated declarations are as sloppy as real ones."""

_CANDIDATES = 4
_RARE = 2e-4
_ACTIONS = ("hold", "adjust", "adjust", "adjust", "advise", "clear")

_Read = Callable[[Manifest], str]
_TEXTS: dict[str, _Read] = {
    "destination_country": lambda m: m.destination_country,
    "origin_post_country": lambda m: m.origin_post_country,
    "channel": lambda m: m.channel,
    "transaction_nature": lambda m: m.transaction_nature,
    "platform_id": lambda m: m.platform_id,
    "operator_id": lambda m: m.operator_id,
    "declarant_id": lambda m: m.declarant_id,
    "seller_id": lambda m: m.seller_id,
    "ioss": lambda m: m.ioss,
    "consignor.id": lambda m: m.consignor.id,
    "consignor.country": lambda m: m.consignor.country,
    "consignee.id": lambda m: m.consignee.id,
    "consignee.city": lambda m: m.consignee.city,
}


def made_book(rules: int, manifests: Sequence[Manifest], seed: int = 1) -> RuleBook:
    """Return a book of `rules` rules whose values occur in `manifests`."""
    rng = random.Random(seed)
    return RuleBook(_rule(rng, number, manifests) for number in range(rules))


def rare_book(rules: int, manifests: Sequence[Manifest], seed: int = 1) -> RuleBook:
    """Return a book as `made_book` does, of rules that match few of `manifests` each.

    All rules made at random together hold one parcel of eight, which no office could inspect.
    """
    made = made_book(_CANDIDATES * rules, manifests, seed)
    matched = np.bincount(made.matches(ManifestTable(manifests))[0], minlength=len(made))
    rare = matched <= max(1, _RARE * len(manifests))
    return RuleBook([rule for rule, few in zip(made.rules, rare, strict=True) if few][:rules])


def _rule(rng: random.Random, number: int, manifests: Sequence[Manifest]) -> Rule:
    """Make a rule that asks for goods, and for two or three more things of the same parcel."""
    like = rng.choice(manifests)
    parts = [_goods(rng, like), *(_any_test(rng, like) for _ in range(rng.randint(1, 3)))]
    action = rng.choice(_ACTIONS)
    return Rule(
        id=f"rule-{number}",
        owner="bench",
        validity=_SINCE,
        reason=f"RULE-{number}",
        text="made for measuring",
        when=AllOf(tuple(parts)),
        action=action,  # type: ignore[arg-type]
        logits=0.5 if action == "adjust" else 0.0,
        controls=("documents",) if action != "clear" else (),
    )


def _goods(rng: random.Random, like: Manifest) -> Condition:
    item = rng.choice(like.items)
    code = item.hs_code if item.hs_code.isdigit() else _CODE
    heading = StartsWith("items.hs_code", (code[: rng.choice((4, 6))],))
    words = tokens(item.description)[:2] or ("goods",)
    said = Contains("items.description", (words[:1], words))
    kinds: tuple[Condition, ...] = (
        SameItem(heading),
        SameItem(said),
        SameItem(AllOf((heading, Within("items.value", 0.0, rng.uniform(5, 100))))),
        AnyOf((SameItem(heading), SameItem(said))),
    )
    return rng.choice(kinds)


def _any_test(rng: random.Random, like: Manifest) -> Condition:
    if rng.random() < 0.3:
        source, most = rng.choice(list(_NUMBERS.items()))
        low = rng.uniform(0, most)
        return Within(source, low, low * rng.uniform(1, 4))
    if rng.random() < 0.2:
        return Present(f"signals.{rng.choice(_SIGNALS)}")
    source = rng.choice(list(_TEXTS))
    listed = Listed(source, (_TEXTS[source](like),))
    return Not(listed) if rng.random() < 0.15 else listed
