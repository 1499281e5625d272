"""Budget plans in TOML: what they may say, and one line for what they may not."""

from __future__ import annotations

import re

import pytest

from scorers.budgets.loading import BudgetError, load_plan
from scorers.budgets.plan import Budget, BudgetPlan

FULL = b"""
[default]
share = 0.03
explore = 0.005
uncertain = 0.001

[offices.DE003302]
per_hour = 120
share = 0.2
explore = 0.002
objective = "blend"
revenue_weight = 0.5
queue = 400
time_zone = "Europe/Berlin"
shifts = [
  { days = ["mon", "tue"], start = 06:00:00, end = 14:00:00 },
  { days = ["fri"], start = "22:00", end = "06:00" },
]

[trusted]
explore_factor = 0.2
least_inspected = 30
most_violations = 0.02
members = [
  { kind = "platform", id = "platform-a", programme = "AEO", until = 2027-12-31T00:00:00Z },
]
"""


def refusal(text: str) -> str:
    """Return the text that a plan is refused with: always one line."""
    with pytest.raises(BudgetError) as caught:
        load_plan(text.encode(), "budgets.toml")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_load_a_full_plan_reads_every_key() -> None:
    plan = load_plan(FULL, "budgets.toml")
    office = plan.offices["DE003302"]
    assert (office.per_hour, office.share, office.weight, office.queue) == (120, 0.2, 0.5, 400)
    assert [str(shift.start) for shift in office.shifts] == ["06:00:00", "22:00:00"]
    assert plan.trusted.members[0].programme == "AEO"
    assert plan.default == Budget(share=0.03, explore=0.005, uncertain=0.001)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "default: expected a value, got none"),
        ("default = 3", "default: expected a valid dictionary or instance of Budget, got 3"),
        ("[default]\nshare = 1.5", "default.share: expected less than 1, got 1.5"),
        ("[default]\nshare = true", "default.share: expected a valid number, got True"),
        ("[default]\nshare = nan", "default.share: expected less than 1, got nan"),
        (
            "[default]\nper_hour = -1",
            "default.per_hour: expected greater than or equal to 0, got -1",
        ),
        ("[default]", "default: expected `share`, `per_hour` or both, got neither"),
        (
            "[default]\nshare = 0.01\nexplore = 0.02",
            "default: expected explore + uncertain <= 0.01, got 0.02",
        ),
        (
            '[default]\nshare = 0.1\nobjective = "blend"',
            "default: expected revenue_weight with objective 'blend' only, "
            "got objective 'blend' and revenue_weight None",
        ),
        (
            "[default]\nshare = 0.1\nrevenue_weight = 0.5",
            "default: expected revenue_weight with objective 'blend' only, "
            "got objective 'hits' and revenue_weight 0.5",
        ),
        (
            '[default]\nshare = 0.1\nobjective = "money"',
            "default.objective: expected 'hits', 'revenue' or 'blend', got 'money'",
        ),
        (
            '[default]\nshare = 0.1\ntime_zone = "Berlin"',
            "default.time_zone: expected an IANA time zone such as Europe/Berlin, got 'Berlin'",
        ),
        (
            '[default]\nshare = 0.1\ntime_zone = ""',
            "default.time_zone: expected an IANA time zone such as Europe/Berlin, got ''",
        ),
        (
            "[default]\nshar = 0.1",
            "default.shar: expected a known key, got an unknown one; the nearest is share",
        ),
        (
            "default.share = 0.1\n[office.A]\nshare = 0.1",
            "office: expected a known key, got an unknown one; the nearest is offices",
        ),
        (
            "default.share = 0.1\n[offices.A]\nshare = 3",
            "offices.A.share: expected less than 1, got 3",
        ),
        (
            "default.share = 0.1\n[offices.A]\nshare = 0.1\n"
            'shifts = [{ days = ["mon"], start = 06:00:00 }]',
            "offices.A.shifts.0.end: expected a value, got none",
        ),
        (
            "default.share = 0.1\n[trusted]\nmember = []",
            "trusted.member: expected a known key, got an unknown one; the nearest is members",
        ),
        (
            "default.share = 0.1\n[trusted]\n"
            'members = [{ kind = "platform", id = "p", programme = "AEO", '
            "until = 2027-12-31T00:00:00 }]",
            "trusted.members.0.until: Input should have timezone info, "
            "got datetime.datetime(2027, 12, 31, 0, 0)",
        ),
    ],
)
def test_load_a_plan_that_cannot_be_used_says_file_key_expected_and_got(
    text: str, expected: str
) -> None:
    assert re.sub(r"^budgets.toml(:\d+)?: ", "", refusal(text)) == expected


def test_load_a_plan_with_several_faults_tells_all_with_their_lines() -> None:
    text = """
[default]
share = 1.5
explor = 0.1

[offices."DE 1"]
per_hour = 10
objective = "blend"

[offices.A]
share = 0.1
shifts = [
  { days = ["mon"], start = 06:00:00 },
]

[trusted]
explore_factor = 2
"""
    with pytest.raises(BudgetError) as caught:
        load_plan(text.encode(), "budgets.toml")
    lines = [problem.split(": ")[0] for problem in caught.value.problems]
    assert lines == [f"budgets.toml:{line}" for line in (3, 4, 6, 12, 17)]
    assert str(caught.value).splitlines() == list(caught.value.problems)


@pytest.mark.parametrize("content", [b"[default", b"\xff\xfe"])
def test_load_what_is_not_toml_says_so(content: bytes) -> None:
    with pytest.raises(BudgetError, match=r"^budgets\.toml: expected TOML, got "):
        load_plan(content, "budgets.toml")


def test_version_names_what_a_plan_says_and_not_how() -> None:
    text = "default.share = {}\n[offices.B]\nshare = 0.1\n[offices.A]\nshare = 0.1"
    swapped = "[offices.A]\nshare = 0.1\n[offices.B]\nshare = 0.1\n[default]\nshare = 0.30"
    same, moved, other = (
        load_plan(one.encode(), "").version for one in (text.format(0.3), swapped, text.format(0.2))
    )
    assert same == moved != other
    assert len(same) <= 64


@pytest.mark.parametrize(
    ("default", "office", "expected"), [(None, None, False), (5, None, True), (None, 5, True)]
)
def test_plan_has_queues_if_any_of_its_budgets_has_one(
    default: int | None, office: int | None, expected: bool
) -> None:
    offices = {"A": Budget(share=0.1), "B": Budget(share=0.1, queue=office)}
    plan = BudgetPlan(default=Budget(share=0.1, queue=default), offices=offices)
    assert plan.has_queues is expected
