"""Following what analysts change: budgets, rules and lists, swapped between batches as one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from schemas import alert
from schemas.alert import Alert, AlertKind
from scorers.budgets.loading import BudgetError, PlanFile
from scorers.budgets.plan import BudgetPlan
from scorers.lists.book import ListBook
from scorers.lists.files import ListFiles
from scorers.policybook import PolicyBook, share_plan
from scorers.rules.book import RuleBook
from scorers.rules.files import RuleFiles
from streams import metrics
from streams.clock import MonotonicClock
from streams.settings import PolicySettings

log = logging.getLogger(__name__)

_MAX_TEXT = 256


class PolicyFollower:
    """Gives the policy book in force, a new one when a file has changed.

    The first load raises what is wrong with a file. Later a broken file leaves the last good one in
    force, and is told once: in the log, in a gauge and as an alert.
    """

    def __init__(
        self, settings: PolicySettings, clock: MonotonicClock, utc_now: Callable[[], datetime]
    ) -> None:
        every = settings.poll_seconds
        self._clock = clock
        self._utc_now = utc_now
        self._every = every
        self._next_look = clock() + every
        self._rules = RuleFiles(Path(settings.rules), clock, every) if settings.rules else None
        self._lists = ListFiles(Path(settings.lists), clock, every) if settings.lists else None
        self._plan = _plan_file(settings.budgets) if settings.budgets else None
        plan = self._plan.newer() if self._plan else None
        self.book = PolicyBook(
            plan or share_plan(settings.hold_share, settings.explore_share),
            self._rules.book if self._rules else RuleBook(()),
            self._lists.book if self._lists else ListBook(),
        )
        self._told: dict[AlertKind, str] = {}
        self._alerts: list[Alert] = []

    def newer(self) -> PolicyBook | None:
        """Return the book to decide by from now on, or None if nothing has changed."""
        rules = self._rules.newer() if self._rules else None
        lists = self._lists.newer() if self._lists else None
        plan = self._newer_plan()
        self._note("rules-refused", self._rules.problem if self._rules else None)
        self._note("lists-refused", self._lists.problem if self._lists else None)
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

    def _newer_plan(self) -> BudgetPlan | None:
        if self._plan is None or self._clock() < self._next_look:
            return None
        self._next_look = self._clock() + self._every
        try:
            plan = self._plan.newer()
        except (BudgetError, OSError) as error:
            self._note("budgets-refused", error)
            return None
        if plan is not None:
            self._note("budgets-refused", None)
        return plan

    def _note(self, kind: AlertKind, problem: Exception | None) -> None:
        """Tell of a problem once, and forget it when it is gone."""
        text = "" if problem is None else str(problem)
        metrics.POLICY_REFUSED.labels(kind).set(bool(text))
        if text and self._told.get(kind) != text:
            log.error("%s, the last good one stays in force: %s", kind, text)
            self._alerts.append(
                Alert(
                    schema_version=alert.SCHEMA_VERSION,
                    alert_id=f"{kind}:{blake2b(text.encode(), digest_size=8).hexdigest()}",
                    kind=kind,
                    about=text.splitlines()[0][:_MAX_TEXT],
                    raised_at=self._utc_now(),
                    text="the file cannot be used; the last good one stays in force",
                    details={"problems": text.splitlines()[:20]},
                )
            )
        self._told[kind] = text

    def _versions(self) -> str:
        book = self.book
        return ", ".join((book.plan.version, book.rules.version, book.lists.version))


def _plan_file(path: str) -> PlanFile:
    return PlanFile(path, Path(path).read_bytes)
