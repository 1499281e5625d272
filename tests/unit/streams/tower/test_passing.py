"""Steps of a parcel: each stage once, from the record that told it first, in any order."""

from __future__ import annotations

from datetime import UTC, datetime

from streams.tower.held import Hold
from streams.tower.joining import Step, reach, reached_by
from streams.tower.passing import Passage

SUBMITTED = datetime(2026, 11, 1, 8, tzinfo=UTC)
AT = SUBMITTED.timestamp()
HOLD = Hold("m:0:1", "item", "risk", 0.5, (), "DE", "DE1", SUBMITTED)


def told(passage: Passage, *steps: Step) -> list[tuple[str, float]]:
    """Return the stages that steps give, and how long after the manifest."""
    noted = [one for step in steps if reach(passage, step) for one in reached_by(passage, step)]
    return [(stage, seconds) for stage, seconds, *_ in noted]


DECIDED = Step("m:0:1", "decision", AT + 1, "hold:0:5", HOLD)
INSPECTED = Step("m:0:1", "inspection", AT + 60, "outcomes:0:3")
AGAIN = Step("m:0:1", "inspection", AT + 61, "clearance:0:8")


def test_steps_in_order_give_their_time_since_the_manifest() -> None:
    passage = Passage(stages={})
    assert told(passage, DECIDED, INSPECTED) == [("decision", 1), ("inspection", 60)]
    assert passage.office == "office:DE1"


def test_inspection_before_its_hold_is_given_with_the_hold() -> None:
    found = told(Passage(stages={}), INSPECTED, DECIDED)
    assert sorted(found) == [("decision", 1), ("inspection", 60)]


def test_second_record_of_a_stage_gives_nothing_and_the_first_read_again_the_same() -> None:
    passage = Passage(stages={})
    told(passage, DECIDED, INSPECTED)
    assert told(passage, AGAIN) == []
    assert told(passage, INSPECTED) == [("inspection", 60)]
