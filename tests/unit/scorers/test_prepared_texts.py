"""Texts hashed before a batch is screened: all that is asked for later."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.features.declared import TextPart
from scorers.features.extractor import Extractor
from scorers.features.tables import ManifestTable
from scorers.lists.book import ListBook
from scorers.lottery import Lottery
from scorers.policybook import PolicyBook, share_plan
from scorers.rules.book import RuleBook
from scorers.rules.conditions import AllOf, AnyOf, Listed, Not, SameItem, StartsWith
from scorers.screening import Screener
from scorers.specs.parcels import SPEC
from scorers.verdicts import verdicts_of
from tests.factories import make_manifests
from tests.unit.scorers.lists.builders import make_entry
from tests.unit.scorers.rules.builders import make_rule

WHEN = AllOf(
    (
        AnyOf((Listed("consignee.city", ("Berlin", "Graz")), StartsWith("seller_id", ("x",)))),
        Not(Listed("consignor.city", ("Wien",))),
        SameItem(StartsWith("items.hs_code", ("61", "8507"))),
    )
)
ENTRIES = [
    make_entry(subject=subject, value=value)
    for subject, value in (
        ("party", "c-7"),
        ("order", "o-7"),
        ("hs", "93"),
        ("name", "Golden Sunrise"),
        ("address", "Lange Str. 12a|10115|DE"),
        ("text", "lithium"),
    )
]


class Watched(ManifestTable):
    """Notes which texts were hashed."""

    hashed: frozenset[TextPart] = frozenset()

    def hash_texts(self, parts: Iterable[TextPart]) -> None:
        wanted = list(parts)
        self.hashed |= frozenset(wanted)
        super().hash_texts(wanted)


def test_prepare_hashes_all_texts_that_rules_lists_and_assessment_ask_for() -> None:
    book = PolicyBook(share_plan(0.1, 0.03), RuleBook([make_rule(WHEN)]), ListBook(ENTRIES))
    screener = Screener(Extractor(SPEC, 12), book, Lottery(b"key"))
    table = Watched(make_manifests(80, seed=3))
    screener.prepare(table)
    prepared = table.hashed
    table.assessments = Assessor(load_reference()).assess(table)
    verdicts_of(book, table)
    assert table.hashed == prepared
    assert ("consignee.city", 0) in prepared
