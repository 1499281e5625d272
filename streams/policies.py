"""Following what analysts change: budgets, rules and lists, swapped between batches as one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final

from schemas import alert
from schemas.alert import Alert, AlertKind
from scorers.lists.book import ListBook
from scorers.lists.files import ListFiles
from scorers.policybook import PolicyBook, share_plan
from scorers.rules.book import RuleBook
from scorers.rules.files import RuleFiles
from streams import metrics
from streams.budget_file import BudgetFile
from streams.clock import MonotonicClock
from streams.settings import PolicySettings

log = logging.getLogger(__name__)

_MAX_TEXT: Final = 256
_MAX_PROBLEMS: Final = 20


class PolicyFollower:
    """Gives the policy book in force, a new one when a file has changed.

    The first load raises what is wrong with a file. Later a broken file leaves the last good one in
    force, and is told once: in the log, in a gauge and as an alert. Workers that find the same
    on the same day tell it under the same `alert_id`.
    """

    def __init__(
        self, settings: PolicySettings, clock: MonotonicClock, utc_now: Callable[[], datetime]
    ) -> None:
        every = settings.poll_seconds
        self._utc_now = utc_now
        self._rules = RuleFiles(Path(settings.rules), clock, every) if settings.rules else None
        self._lists = ListFiles(Path(settings.lists), clock, every) if settings.lists else None
        self._plan = BudgetFile(Path(settings.budgets), clock, every) if settings.budgets else None
        shares = share_plan(settings.hold_share, settings.explore_share)
        self.book = PolicyBook(
            self._plan.plan if self._plan else shares,
            self._rules.book if self._rules else RuleBook(()),
            self._lists.book if self._lists else ListBook(),
        )
        self._told: dict[AlertKind, str] = {}
        self._alerts: list[Alert] = []

    def newer(self) -> PolicyBook | None:
        """Return the book to decide by from now on, or None if nothing has changed."""
        rules = self._rules.newer() if self._rules else None
        lists = self._lists.newer() if self._lists else None
        plan = self._plan.newer() if self._plan else None
        self._note("rules-refused", self._rules.problem if self._rules else None)
        self._note("lists-refused", self._lists.problem if self._lists else None)
        self._note("budgets-refused", self._plan.problem if self._plan else None)
        if rules is None and lists is None and plan is None:
            return None
        changed = {"rules": rules, "lists": lists, "plan": plan}
        known = {name: value for name, value in changed.items() if value is not None}
        self.book = replace(self.book, **known)  # type: ignore[arg-type]
        log.info("policy in force: %s", self._versions())
        return self.book

    def alerts(self) -> list[Alert]:
        """Return the alerts since the last call."""
        alerts, self._alerts = self._alerts, []
        return alerts

    def _note(self, kind: AlertKind, problem: Exception | None) -> None:
        """Tell of a problem once, and forget it when it is gone."""
        text = "" if problem is None else str(problem)
        metrics.POLICY_REFUSED.labels(kind).set(bool(text))
        if text and self._told.get(kind) != text:
            log.error("%s, the last good one stays in force: %s", kind, text)
            self._alerts.append(_refusal(kind, text, self._utc_now()))
        self._told[kind] = text

    def _versions(self) -> str:
        book = self.book
        return ", ".join((book.plan.version, book.rules.version, book.lists.version))


def _refusal(kind: AlertKind, text: str, now: datetime) -> Alert:
    # Another day's is another one, though the file may be wrong in the same way again.
    digest = blake2b(f"{now.date()} {text}".encode(), digest_size=8).hexdigest()
    problems = text.splitlines()
    return Alert(
        schema_version=alert.SCHEMA_VERSION,
        alert_id=f"{kind}:{digest}",
        kind=kind,
        about=problems[0][:_MAX_TEXT],
        raised_at=now,
        text="the file cannot be used; the last good one stays in force",
        details={"problems": problems[:_MAX_PROBLEMS]},
    )
