"""The budget plan on disk, looked at again without ever losing the last good one."""

from __future__ import annotations

from pathlib import Path

from scorers.budgets.loading import BudgetError, load_plan
from scorers.budgets.plan import BudgetPlan
from streams.clock import MonotonicClock


def read_plan(path: Path) -> BudgetPlan:
    """Return the plan in a file; raise `BudgetError` if there is none that can be used."""
    return load_plan(_read(path), str(path))


class BudgetFile:
    """The plan at `path`, kept up to date; `plan` is always the last good one.

    The first load raises `BudgetError`. Later problems are kept in `problem`, for an
    alert, until the file is good again.
    """

    def __init__(self, path: Path, clock: MonotonicClock, poll_seconds: float = 0.5) -> None:
        self._path = path
        self._clock = clock
        self._poll = poll_seconds
        self._next = clock() + poll_seconds
        content = _read(path)
        self.plan = load_plan(content, str(path))
        self._seen: bytes | None = content
        self._judged = content
        self._judgement: BudgetError | None = None
        self.problem: BudgetError | None = None

    def newer(self) -> BudgetPlan | None:
        """Return a plan that says something else than the last one, or None.

        A change is taken once two polls read the same, so that none is while it is being written.
        """
        now = self._clock()
        if now < self._next:
            return None
        self._next = now + self._poll
        try:
            settled = self._settled()
        except BudgetError as error:
            self._seen, self.problem = None, error
            return None
        return None if settled is None else self._taken(settled)

    def _settled(self) -> bytes | None:
        """Return the content if it is the same as at the last poll."""
        former, self._seen = self._seen, _read(self._path)
        return self._seen if self._seen == former else None

    def _taken(self, content: bytes) -> BudgetPlan | None:
        """Return the plan in a content if it is another one; a known content is as it was."""
        former = self.plan
        if content != self._judged:
            self._judged = content
            self._judgement = self._judge(content)
        self.problem = self._judgement
        return None if self.plan.version == former.version else self.plan

    def _judge(self, content: bytes) -> BudgetError | None:
        try:
            self.plan = load_plan(content, str(self._path))
        except BudgetError as error:
            return error
        return None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise BudgetError([f"{path}: expected a file to read, got {got}"]) from None
