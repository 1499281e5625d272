"""Following rules, lists and budgets: swapped as one book, problems told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from schemas.alert import Alert, AlertKind
from schemas.codec import decode_alert, encode
from scorers.lists.problems import ListError
from scorers.policybook import PolicyBook
from scorers.rules.problems import RuleError
from streams.policies import PolicyFollower
from streams.settings import PolicySettings
from tests.unit.scorers.rules.builders import with_condition
from tests.unit.streams.clocks import Clock

RULES = with_condition("seller_id: seller-1")
OTHER_RULES = with_condition("seller_id: seller-2")
LISTS, OTHER_LISTS = "subject,value,kind\nhs,9301,watch\n", "subject,value,kind\nhs,9302,watch\n"
BUDGETS, OTHER_BUDGETS = "default.share = 0.03\n", "default.share = 0.05\n"
DAY = datetime(2026, 11, 2, 8, tzinfo=UTC)


class Files:
    """The three files of a policy, a follower of them, and the time."""

    def __init__(self, folder: Path) -> None:
        self.rules, self.lists = folder / "rules.yaml", folder / "lists.csv"
        self.budgets = folder / "budgets.toml"
        self.write(RULES, LISTS, BUDGETS)
        self.settings = PolicySettings(
            rules=str(self.rules), lists=str(self.lists), budgets=str(self.budgets)
        )
        self.clock, self.day = Clock(), DAY
        self.follower = PolicyFollower(self.settings, self.clock, lambda: self.day)

    def write(self, rules: str = "", lists: str = "", budgets: str = "") -> None:
        for path, text in ((self.rules, rules), (self.lists, lists), (self.budgets, budgets)):
            if text:
                path.write_text(text)

    def polled(self, times: int = 3) -> list[PolicyBook]:
        """Return the new books of so many polls."""
        found = []
        for _ in range(times):
            self.clock.now += self.settings.poll_seconds
            book = self.follower.newer()
            found += [book] if book else []
        return found


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Return good files that are followed."""
    return Files(tmp_path)


def refused(kind: str) -> float | None:
    return REGISTRY.get_sample_value("greenlane_policy_refused", {"kind": kind})


def versions(book: PolicyBook) -> tuple[str, str, str]:
    return book.plan.version, book.rules.version, book.lists.version


def test_newer_of_unchanged_files_is_none(files: Files) -> None:
    assert files.polled() == []
    assert files.follower.alerts() == []


@pytest.mark.parametrize(
    ("change", "place"),
    [({"rules": OTHER_RULES}, 1), ({"lists": OTHER_LISTS}, 2), ({"budgets": OTHER_BUDGETS}, 0)],
    ids=["rules", "lists", "budgets"],
)
def test_newer_of_a_changed_file_is_a_book_in_which_it_alone_is_new(
    files: Files, change: dict[str, str], place: int
) -> None:
    before = versions(files.follower.book)
    files.write(**change)
    (book,) = files.polled()
    differs = [one != other for one, other in zip(before, versions(book), strict=True)]
    assert differs == [number == place for number in range(3)]
    assert files.follower.book is book


def test_newer_of_files_changed_together_is_one_book(files: Files) -> None:
    before = versions(files.follower.book)
    files.write(OTHER_RULES, OTHER_LISTS, OTHER_BUDGETS)
    (book,) = files.polled()
    assert not set(before) & set(versions(book))


@pytest.mark.parametrize(
    ("change", "kind", "problem"),
    [
        ({"rules": RULES.replace("hold", "hodl")}, "rules-refused", "expected one of hold"),
        ({"lists": LISTS.replace("watch", "wacth")}, "lists-refused", "nearest is watch"),
        ({"budgets": "default.shar = 0.03"}, "budgets-refused", "the nearest is share"),
    ],
    ids=["rules", "lists", "budgets"],
)
def test_broken_file_keeps_the_book_and_is_told_once(
    files: Files, change: dict[str, str], kind: str, problem: str
) -> None:
    book = files.follower.book
    files.write(**change)
    assert files.polled(10) == []
    assert files.follower.book is book
    (alert,) = files.follower.alerts()
    assert alert.kind == kind
    assert alert.raised_at == DAY
    assert problem in alert.about
    assert decode_alert(encode(alert)) == alert
    assert files.follower.alerts() == []
    assert refused(kind) == 1


def test_mended_file_lowers_the_gauge_and_is_in_force(files: Files) -> None:
    files.write(rules="rules: [", budgets="default.share = 3")
    files.polled()
    files.write(rules=OTHER_RULES, budgets=OTHER_BUDGETS)
    (book,) = files.polled()
    assert (refused("rules-refused"), refused("budgets-refused")) == (0, 0)
    assert book.plan.default.share == 0.05


def test_another_problem_of_a_broken_file_is_told_too(files: Files) -> None:
    alerts = []
    for text in ("default.share = 3", "default.share = 4", "default.share = 3"):
        files.write(budgets=text)
        files.polled()
        alerts += files.follower.alerts()
    assert [alert.about.rpartition(" ")[2] for alert in alerts] == ["3", "4", "3"]


def refusal(kind: AlertKind, day: datetime) -> Alert:
    """Return an alert as a follower raises it."""
    return decode_alert(
        encode(Alert(1, f"{kind}:0", kind, "rules.yaml:1: expected a rule", day, "refused"))
    )


def told_by(folder: Path, day: datetime) -> Alert:
    """Return what a follower tells that sees a good file break on a day."""
    files = Files(folder)
    files.day = day
    files.write(budgets="default.share = 3")
    files.polled()
    (alert,) = files.follower.alerts()
    return alert


def test_two_workers_tell_a_problem_under_one_id_and_another_day_under_another(
    tmp_path: Path,
) -> None:
    first, second = (told_by(tmp_path, DAY + timedelta(minutes=late)) for late in (0, 1))
    later = told_by(tmp_path, DAY + timedelta(days=1))
    assert first.alert_id == second.alert_id
    assert first.alert_id != later.alert_id


@pytest.mark.parametrize(
    ("change", "error"), [({"rules": "rules: ["}, RuleError), ({"lists": "x"}, ListError)]
)
def test_first_load_of_a_broken_file_raises(
    files: Files, change: dict[str, str], error: type[Exception]
) -> None:
    files.write(**change)
    with pytest.raises(error):
        PolicyFollower(files.settings, files.clock, lambda: DAY)


def test_follower_without_files_decides_by_the_shares_of_the_settings() -> None:
    settings = PolicySettings(hold_share=0.2, explore_share=0.1)
    follower = PolicyFollower(settings, Clock(), lambda: DAY)
    assert (follower.book.plan.default.share, follower.book.plan.default.explore) == (0.2, 0.1)
    assert follower.newer() is None
