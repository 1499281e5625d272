"""The trusted lane: members of a programme with a clean record are drawn at random less often."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Annotated, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from schemas.decision import Reason
from scorers.features.batch import Floats

TRUSTED: Final = Reason(
    "TRUSTED-LANE", "programme member with a clean record: fewer random checks", "policy"
)
"""Said of every parcel in the lane. It changes the lottery only, no score and no mandatory hold."""

_NEVER: Final = float("-inf")

PartyKey = tuple[str, str]
"""Kind of the party (`platform` or `shipper`) and its id."""


class Record(NamedTuple):
    """What inspections have found at one party."""

    inspected: int
    violations: int


class Member(BaseModel):
    """A member of a programme such as AEO or a trusted-trader scheme, until its status ends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["platform", "shipper"]
    id: Annotated[str, Field(min_length=1, max_length=64)]
    programme: Annotated[str, Field(min_length=1, max_length=64)]
    until: AwareDatetime | None = None


class TrustedLane(BaseModel):
    """Who is in the lane, what a clean record is, and how much less often it is drawn.

    A record is clean after `least_inspected` inspections if at most `most_violations` of them
    found one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    explore_factor: Annotated[float, Field(strict=True, gt=0, le=1)] = 1.0
    least_inspected: Annotated[int, Field(strict=True, ge=1)] = 50
    most_violations: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.01
    members: tuple[Member, ...] = ()


class TrustedParties:
    """Finds a batch's parcels of the trusted lane.

    A parcel is in it if its platform or its shipper is a member with a clean record, and neither
    has a record that is not clean.

    >>> lane = TrustedLane(members=(Member(kind="platform", id="p", programme="AEO"),))
    >>> parties = TrustedParties(lane, {("platform", "p"): Record(60, 0)})
    >>> batch = {"platform": ["p", "q"], "shipper": ["s", "s"]}
    >>> parties.among(batch.__getitem__, np.zeros(2)).tolist()
    [True, False]
    """

    def __init__(self, lane: TrustedLane, records: Mapping[PartyKey, Record]) -> None:
        self._until: dict[str, dict[str, float]] = {"platform": {}, "shipper": {}}
        self._barred: dict[str, set[str]] = {"platform": set(), "shipper": set()}
        for member in lane.members:
            record = records.get((member.kind, member.id), Record(0, 0))
            if record.inspected >= lane.least_inspected and _is_clean(record, lane):
                end = float("inf") if member.until is None else member.until.timestamp()
                known = self._until[member.kind]
                known[member.id] = max(known.get(member.id, _NEVER), end)
        for (kind, party), record in records.items():
            if not _is_clean(record, lane):
                self._barred[kind].add(party)

    def among(self, ids: Callable[[str], Sequence[str]], times: Floats) -> npt.NDArray[np.bool_]:
        """Return which parcels are in the lane; `times` in seconds since 1970 UTC.

        `ids` returns the parties of a kind; of one without members nobody asks.
        """
        trusted = np.zeros(len(times), dtype=np.bool_)
        members = [(kind, until) for kind, until in self._until.items() if until]
        for kind, until in members:
            ends = map(until.get, ids(kind), repeat(_NEVER))
            trusted |= times < np.fromiter(ends, float, len(times))
        if members and trusted.any():
            for kind, barred in self._barred.items():
                bad = map(barred.__contains__, ids(kind))
                trusted &= ~np.fromiter(bad, np.bool_, len(times))
        return trusted


def _is_clean(record: Record, lane: TrustedLane) -> bool:
    return record.violations <= lane.most_violations * record.inspected
