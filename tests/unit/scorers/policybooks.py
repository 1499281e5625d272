"""Books with rules and lists for tests of what they decide together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemas.decision import Decision
from schemas.manifest import Manifest
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.features.declared import DeclaredTable
from scorers.features.extractor import Extractor
from scorers.features.spec import FeatureSpec
from scorers.lists.book import ListBook
from scorers.lists.entries import Entry
from scorers.lottery import Lottery
from scorers.policybook import PolicyBook
from scorers.rules.book import RuleBook
from scorers.screening import Screener
from scorers.verdicts import Verdicts, verdicts_of
from tests.factories import decide, make_coordinates, make_manifest, make_spec
from tests.unit.scorers.rules.builders import book_from

KEY = b"key"


def rules(*said: dict[str, Any], seller: str = "seller-1") -> RuleBook:
    """Return rules about one seller: what each says beside a rule's usual entries."""
    lines = ["rules:"]
    for number, one in enumerate(said):
        lines += [
            f"  - id: rule-{number}",
            f"    reason: RULE-{number}",
            "    owner: desk",
            "    text: some text",
            "    valid_from: 2020-01-01T00:00:00Z",
            f"    when: {{seller_id: {seller}}}",
            *(f"    {key}: {value}" for key, value in one.items()),
        ]
    return book_from("\n".join(lines))


def lists(*said: dict[str, Any], seller: str = "seller-1") -> ListBook:
    """Return a list's entries about one seller."""
    entries = [
        Entry(**{"list": f"list-{number}", "subject": "seller", "value": seller, **one})
        for number, one in enumerate(said)
    ]
    return ListBook(entries)


def verdicts(
    rule_book: RuleBook | None = None, list_book: ListBook | None = None, *manifests: Manifest
) -> Verdicts:
    """Return what a book says of parcels, by default of one of seller-1 and one of another."""
    plan = BudgetPlan(default=Budget(share=0.1))
    book = PolicyBook(plan, rule_book or RuleBook(()), list_book or ListBook())
    parcels = manifests or (make_manifest(seller_id="seller-1"), make_manifest(seller_id="other"))
    return verdicts_of(book, DeclaredTable(parcels))


def screener(book: PolicyBook, spec: FeatureSpec | None = None) -> Screener:
    """Return a screener without labels."""
    return Screener(Extractor(spec or make_spec(), bits=12), book, Lottery(KEY))


def decided(book: PolicyBook, manifests: Sequence[Manifest], size: int = 100) -> list[Decision]:
    """Return the decisions of a fresh screener, batch by batch."""
    fresh, coordinates = screener(book), make_coordinates(len(manifests))
    decisions: list[Decision] = []
    for start in range(0, len(manifests), size):
        part = slice(start, start + size)
        decisions += decide(fresh, manifests[part], coordinates[part])
    return decisions
