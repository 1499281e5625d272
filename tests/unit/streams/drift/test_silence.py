"""Labels that stop are told of once, and once more when they are back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from streams.drift.silence import SilenceWatch
from streams.registry.records import Choice

HOUR = 3_600.0


class Recorder:
    """Announcements and choices, and a clock moved by hand."""

    def __init__(self, action: Literal["alert", "rules"] = "alert") -> None:
        self.said: list[str] = []
        self.made: list[Choice] = []
        self.now = 0.0
        anything: Any = self
        self.watch = SilenceWatch(48.0, action, anything, anything, lambda: self.now)

    def announce(self, _kind: str, _about: str, text: str, *_: object) -> None:
        self.said.append(text)

    def choice(self) -> Choice | None:
        return self.made[-1] if self.made else None

    def choose(self, mode: Any, name: str, who: str, _why: str) -> None:
        since = datetime(2026, 11, 28, tzinfo=UTC)
        former = self.made[-1].name if self.made else "main"
        self.made.append(Choice(mode=mode, name=name, since=since, who=who, former=former))

    def promote(self, name: str, who: str, why: str) -> None:
        self.choose("live", name, who, why)

    def note(self, hours: float, holds: int, labels: int) -> None:
        self.now += hours * HOUR
        self.watch.note(holds, labels)


def test_labels_that_stop_are_told_of_once_and_when_they_are_back() -> None:
    found = Recorder()
    found.note(1, 100, 5)
    for _ in range(100):
        found.note(1, 10, 0)
    assert found.said == ["no label for 48.0 h, while 480 parcels were held"]
    found.note(1, 0, 1)
    assert found.said[1:] == ["labels are back"]
    assert found.made == []


def test_no_holds_no_labels_is_a_holiday() -> None:
    found = Recorder()
    found.note(1, 5, 1)
    for _ in range(100):
        found.note(1, 0, 0)
    assert found.said == []


def test_rules_take_over_where_that_is_wanted_and_the_model_returns_with_the_labels() -> None:
    found = Recorder("rules")
    found.note(50, 100, 0)
    assert [one.name for one in found.made] == ["rules"]
    found.note(1, 0, 3)
    assert [one.name for one in found.made] == ["rules", "main"]


def test_choice_that_somebody_made_meanwhile_is_left_alone() -> None:
    found = Recorder("rules")
    found.note(50, 100, 0)
    found.choose("live", "other", "anna", "")
    found.note(1, 0, 3)
    assert [one.name for one in found.made] == ["rules", "other"]
