"""Budget plans from TOML, and what is told of one that cannot be used."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from schemas.errors import UserError
from scorers.budgets.lines import line_of
from scorers.budgets.plan import Budget, BudgetPlan
from scorers.budgets.shifts import Shift
from scorers.budgets.trusted import Member, TrustedLane


class BudgetError(UserError, ValueError):
    """A budget plan that cannot be used: file, line, key, expected, got, one problem a line."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def load_plan(content: bytes, name: str) -> BudgetPlan:
    """Return the plan in a TOML file's content; `name` is what errors call the file.

    Raises `BudgetError` with all that is wrong.

    >>> load_plan(b"default.share = 3", "budgets.toml")
    Traceback (most recent call last):
    scorers.budgets.loading.BudgetError: budgets.toml:1: default.share: expected less than 1, got 3
    """
    try:
        text = content.decode()
        return BudgetPlan.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BudgetError([f"{name}: expected TOML, got {error}"]) from None
    except ValidationError as error:
        found = [(line_of(text, _path(one)), _told(one)) for one in error.errors()]
        told = [f"{name}:{line}: {what}" if line else f"{name}: {what}" for line, what in found]
        raise BudgetError(told) from None


def _path(problem: Mapping[str, Any]) -> list[str | int]:
    return [step for step in problem["loc"] if step != "[key]"]


def _told(problem: Mapping[str, Any]) -> str:
    """Return what is wrong with one key, what was expected and what came."""
    path = _path(problem)
    key = ".".join(map(str, path)) or "plan"
    match problem["type"]:
        case "extra_forbidden":
            nearest = difflib.get_close_matches(str(path[-1]), _known(path), n=1, cutoff=0.0)[0]
            return f"{key}: expected a known key, got an unknown one; the nearest is {nearest}"
        case "missing":
            return f"{key}: expected a value, got none"
        case "value_error":  # raised by a validator of ours, and complete
            return f"{key}: {problem['ctx']['error']}"
        case _:
            expected = problem["msg"].replace("Input should be ", "expected ")
            return f"{key}: {expected}, got {problem['input']!r}"


def _known(path: list[str | int]) -> list[str]:
    """Return the keys that can stand where `path` ends."""
    match path:
        case [_]:
            part: type[BaseModel] = BudgetPlan
        case [*_, "shifts", int(), _]:
            part = Shift
        case ["trusted", "members", int(), _]:
            part = Member
        case ["trusted", _]:
            part = TrustedLane
        case _:
            part = Budget
    return sorted(part.model_fields)
