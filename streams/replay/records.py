"""What a replay needs of decisions and outcomes, as columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from sys import intern
from typing import Final, get_args

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.types import Arm
from scorers.budgets.trusted import TRUSTED
from scorers.features.batch import Floats, Integers
from scorers.lottery import Coordinates

Flags = npt.NDArray[np.bool_]

ARMS: Final[tuple[Arm, ...]] = get_args(Arm)

_NUMBERS: Final = (
    "probability",
    "score",
    "propensity",
    "threshold",
    "expected_loss",
    "severity",
    "exploration_rate",
    "uncertainty_rate",
    "model_version",
)
_numbers = attrgetter(*_NUMBERS)


class _Reason(msgspec.Struct, frozen=True, gc=False):
    code: str


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """The fields of a decision that it can be repeated from; the rest is not even decoded."""

    decision_id: str
    action: str
    arm: Arm
    probability: float
    score: float
    propensity: float
    threshold: float
    policy_version: str
    office_of_entry: str = ""
    expected_loss: float = 0.0
    severity: float = 0.0
    utility: float | None = None
    exploration_rate: float = 0.0
    uncertainty_rate: float = 0.0
    reasons: tuple[_Reason, ...] = ()
    model_version: int = 0
    novelty: float | None = None
    history: str = ""

    @property
    def coordinates(self) -> Coordinates:
        """Topic, partition and offset of the manifest."""
        topic, partition, offset = self.decision_id.rsplit(":", 2)
        return intern(topic), int(partition), int(offset)  # a few topics, many decisions


class _Outcome(msgspec.Struct, frozen=True, gc=False):
    decision_id: str
    result: str
    found: str = "inspection"


_decision = msgspec.json.Decoder(Recorded).decode
_outcome = msgspec.json.Decoder(_Outcome).decode


@dataclass(frozen=True, eq=False)
class DecisionColumns:
    """Decisions in the order in which they were logged, a column for each field.

    `times` are those of their log entries, in Unix seconds. `utility` is what was ranked.
    `violation` is 1 or 0 as inspected, NaN where there is no outcome. `trusted` were in the
    trusted lane. `model_version`, `novelty` and `histories` are for scoring them again.
    """

    coordinates: Sequence[Coordinates]
    times: Floats
    offices: Sequence[str]
    versions: Sequence[str]
    arms: Integers
    held: Flags
    trusted: Flags
    utility: Floats
    violation: Floats
    probability: Floats
    score: Floats
    propensity: Floats
    threshold: Floats
    expected_loss: Floats
    severity: Floats
    exploration_rate: Floats
    uncertainty_rate: Floats
    model_version: Floats
    novelty: Floats
    histories: Sequence[str]

    def __len__(self) -> int:
        return len(self.times)

    @property
    def mandatory(self) -> Flags:
        """Decided by a rule or a list, either way."""
        flags: Flags = self.arms == ARMS.index("mandatory")
        return flags


def recorded(value: bytes | None) -> Recorded | None:
    """Return a decision's fields; None for what is no decision.

    >>> recorded(b"{}") is None
    True
    """
    try:
        found = _decision(value or b"")
        _ = found.coordinates
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        return None
    return found


def results_of(values: Iterable[bytes | None]) -> dict[str, bool]:
    """Return by decision id whether inspection found a violation; the first outcome counts."""
    results: dict[str, bool] = {}
    for value in values:
        try:
            outcome = _outcome(value or b"")
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if outcome.found == "inspection":
            results.setdefault(outcome.decision_id, outcome.result == "violation")
    return results


def columns_of(
    decisions: Sequence[tuple[float, Recorded]], results: Mapping[str, bool]
) -> DecisionColumns:
    """Return decisions, each with the time of its log entry, as columns; each id once."""
    placed = [(time, decision.coordinates, decision) for time, decision in decisions]
    placed.sort(key=itemgetter(0, 1))
    firsts: dict[Coordinates, tuple[float, Coordinates, Recorded]] = {}
    for entry in placed:
        firsts.setdefault(entry[1], entry)
    times = np.array([time for time, *_ in firsts.values()], dtype=np.float64)
    found = [decision for *_, decision in firsts.values()]
    # An empty table has its columns too.
    table = np.array(list(map(_numbers, found)), dtype=np.float64).reshape(-1, len(_NUMBERS))
    numbers = dict(zip(_NUMBERS, np.ascontiguousarray(table.T), strict=True))
    held = [one.action == "hold" for one in found]
    violation = [results.get(one.decision_id) if one.action == "hold" else None for one in found]
    return DecisionColumns(
        coordinates=list(firsts),
        times=times,
        offices=[one.office_of_entry for one in found],
        versions=[one.policy_version for one in found],
        arms=np.array([ARMS.index(one.arm) for one in found], dtype=np.int64),
        held=np.array(held, dtype=np.bool_),
        trusted=np.array([_is_trusted(one) for one in found], dtype=np.bool_),
        utility=_floats(one.score if one.utility is None else one.utility for one in found),
        violation=_floats(np.nan if one is None else float(one) for one in violation),
        novelty=_floats(one.novelty or 0.0 for one in found),
        histories=[one.history for one in found],
        **numbers,
    )


def _is_trusted(decision: Recorded) -> bool:
    return any(reason.code == TRUSTED.code for reason in decision.reasons)


def _floats(values: Iterable[float]) -> Floats:
    return np.fromiter(values, np.float64)
