"""Dry runs: counts for each rule over recorded manifests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scorers.rules.book import RuleBook
from scorers.rules.conditions import Listed, Within
from scorers.rules.rehearsal import RuleCount, rehearse
from scorers.rules.rule import Validity
from tests.factories import make_manifest, make_manifests
from tests.unit.scorers.rules.builders import make_rule

TO_DE = Listed("destination_country", ("DE",))
CHEAP = Within("total_value", 0.0, 20.0)
LATER = Validity(datetime(2099, 1, 1, tzinfo=UTC))

BOOK = RuleBook(
    [
        make_rule(TO_DE, id="hold"),
        make_rule(CHEAP, id="clear", action="clear"),
        make_rule(TO_DE, id="adjust", action="adjust", logits=1.0),
        make_rule(CHEAP, id="later", validity=LATER),
    ]
)
PARCELS = [
    make_manifest(),
    make_manifest(destination_country="FR"),
    make_manifest(total_value=500.0),
    make_manifest(destination_country="FR", total_value=500.0),
]


def test_rehearse_counts_what_would_have_been_decided() -> None:
    counted = rehearse(BOOK, PARCELS)
    assert counted.version == BOOK.version
    assert (counted.parcels, counted.held, counted.cleared) == (4, 2, 1)
    assert (counted.conflicts, counted.adjusted) == (1, 2)


def test_rehearse_counts_rules_to_come_as_matched_and_not_as_applied() -> None:
    assert rehearse(BOOK, PARCELS).rules == (
        RuleCount("adjust", matched=2, applied=2, alone=0),
        RuleCount("clear", matched=2, applied=2, alone=1),
        RuleCount("hold", matched=2, applied=2, alone=0),
        RuleCount("later", matched=2, applied=0, alone=0),
    )


@pytest.mark.parametrize("batch", [1, 7, 1_000])
def test_rehearse_counts_the_same_whatever_the_batch(batch: int) -> None:
    manifests = make_manifests(100, seed=8)
    assert rehearse(BOOK, iter(manifests), batch) == rehearse(BOOK, manifests, 33)


def test_rehearse_nothing_counts_nothing() -> None:
    counted = rehearse(BOOK, [])
    assert counted.parcels == counted.held == 0
    assert all(rule.matched == 0 for rule in counted.rules)
