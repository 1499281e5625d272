"""What an inspector finds."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from schemas import decision as decision_schema
from schemas.codec import decode_decision, decode_outcome, encode
from schemas.decision import Decision
from streams.simulator.clearance import Inspector

AT = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)
HELD = decode_decision(decision_schema.EXAMPLE)


def held(number: int) -> Decision:
    return msgspec.structs.replace(HELD, decision_id=f"parcels.manifests:0:{number}")


def test_inspect_a_violation_finds_it() -> None:
    outcome = Inspector().inspect(HELD, ("splitting", "counterfeit"), AT)
    assert outcome.result == "violation"
    assert outcome.violations == ("splitting", "counterfeit")
    assert (outcome.decision_id, outcome.item_id) == (HELD.decision_id, HELD.item_id)
    assert (outcome.found, outcome.inspected_at) == ("inspection", AT)
    assert decode_outcome(encode(outcome)) == outcome


def test_inspect_an_honest_parcel_finds_nothing() -> None:
    outcome = Inspector().inspect(HELD, (), AT)
    assert (outcome.result, outcome.violations) == ("compliant", ())


def test_inspect_again_gives_the_same_outcome() -> None:
    one, other = (Inspector(5, 0.5).inspect(HELD, (), AT) for _ in range(2))
    assert one == other


def test_inspect_other_decisions_gives_other_ids() -> None:
    ids = {Inspector().inspect(held(n), (), AT).outcome_id for n in range(100)}
    assert len(ids) == 100


def test_inspect_with_the_longest_decision_id_gives_a_valid_outcome() -> None:
    decision = msgspec.structs.replace(HELD, decision_id="d" * 64)
    outcome = Inspector().inspect(decision, (), AT)
    assert decode_outcome(encode(outcome)) == outcome


@pytest.mark.parametrize("truth", [(), ("gift-misuse",)])
def test_inspect_with_an_error_rate_errs_that_often(truth: tuple[str, ...]) -> None:
    inspector = Inspector(seed=1, error_rate=0.2)
    wrong = sum(
        (inspector.inspect(held(n), truth, AT).result == "violation") != bool(truth)
        for n in range(1_000)
    )
    assert 150 < wrong < 250


def test_inspect_a_cleared_parcel_is_refused() -> None:
    cleared = msgspec.structs.replace(HELD, action="clear")
    with pytest.raises(ValueError, match="Expected a decision to hold, got `clear`"):
        Inspector().inspect(cleared, (), AT)


def test_inspect_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="Expected a time with a time zone"):
        Inspector().inspect(HELD, (), datetime(2026, 11, 2))  # noqa: DTZ001


def test_create_with_an_error_rate_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Expected an error rate in \[0, 1\], got 1.5"):
        Inspector(error_rate=1.5)
