"""Medians, ratios, and contestants that are not there."""

from __future__ import annotations

from bench.speed.rounds import Absent, Figures
from bench.speed.table import summary, table


def figures(name: str, rate: float) -> Figures:
    cpu = {"worker": 20.0, "broker": 3.0, "store": 4.0}
    return Figures(name, 100, 1.0, rate, cpu, cpu, [100.0, 120.0])


def test_summarise_several_rounds_takes_medians_and_the_median_of_ratios_within_a_round() -> None:
    rounds = [
        *(figures("greenlane", 40.0), figures("peer", 10.0)),
        *(figures("greenlane", 20.0), figures("peer", 4.0)),
        *(figures("greenlane", 30.0), figures("peer", 10.0)),
    ]
    peer = summary(rounds)[1]
    assert peer["rate"] == 10.0
    assert peer["greenlane_is"] == 4.0


def test_summarise_a_contestant_that_fails_keeps_it_with_its_reason() -> None:
    lines = summary([figures("greenlane", 40.0), Absent("peer", "does not install: no wheel")])
    assert lines[1] == {"name": "peer", "absent": "does not install: no wheel"}
    assert "does not install: no wheel" in table(lines)


def test_summarise_a_contestant_that_fails_once_compares_rounds_in_which_both_ran() -> None:
    rounds = [
        *(figures("greenlane", 40.0), Absent("peer", "ended with 1")),
        *(figures("greenlane", 20.0), figures("peer", 4.0)),
    ]
    assert summary(rounds)[1]["greenlane_is"] == 5.0


def test_print_the_table_has_a_line_for_each_contestant() -> None:
    printed = table(summary([figures("limit", 80.0), figures("greenlane", 40.0)]))
    assert "| limit | 80 | 0.50 x | 20.0 | 3.0 | 4.0 | 120 |" in printed
