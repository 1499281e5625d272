"""The budget plan: how much each office holds, by what objective, and what it explores."""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from scorers.budgets.shifts import Shift
from scorers.budgets.trusted import TrustedLane

_MAX_OFFICES: Final = 1_000
_DIGEST_BYTES: Final = 6

Share = Annotated[float, Field(strict=True, ge=0, lt=1)]
Number = Annotated[float, Field(strict=True, ge=0, le=1e6)]
OfficeId = Annotated[str, Field(min_length=1, max_length=64)]
Objective = Literal["hits", "revenue", "blend"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Budget(_Part):
    """What one office holds, all arms and mandatory holds together.

    `share` is of the parcels that arrive, `per_hour` a number for each hour of work; with both,
    the lesser counts. `explore` is the share of parcels drawn at random, whatever their score;
    of a number per hour it takes half at most. `uncertain` is what a parcel of which the model
    knows least is drawn with on top. Nothing is held outside the shifts, but mandatory holds.
    With `queue` parcels held and not inspected the budget rests; from half of it on it shrinks.

    >>> Budget(share=0.03, explore=0.005).objective
    'hits'
    """

    share: Share | None = None
    per_hour: Number | None = None
    explore: Share = 0.0
    uncertain: Share = 0.0
    objective: Objective = "hits"
    revenue_weight: Annotated[float, Field(strict=True, gt=0, lt=1)] | None = None
    queue: Annotated[int, Field(strict=True, ge=1)] | None = None
    time_zone: str = "UTC"
    shifts: tuple[Shift, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in available_timezones():
            raise PydanticCustomError("zone", "expected an IANA time zone such as Europe/Berlin")
        return value

    @model_validator(mode="after")
    def _has_a_size(self) -> Self:
        if self.share is None and self.per_hour is None:
            raise ValueError("expected `share`, `per_hour` or both, got neither")
        random, most = self.explore + self.uncertain, self.most_share
        if random > most:
            raise ValueError(f"expected explore + uncertain <= {most:g}, got {random:g}")
        if (self.revenue_weight is None) == (self.objective == "blend"):
            got = f"objective {self.objective!r} and revenue_weight {self.revenue_weight}"
            raise ValueError(f"expected revenue_weight with objective 'blend' only, got {got}")
        return self

    @property
    def most_share(self) -> float:
        """The largest share of parcels that may be held."""
        return 1.0 if self.share is None else self.share

    @property
    def weight(self) -> float:
        """What the expected loss weighs against the chance of a hit, 0 to 1."""
        if self.revenue_weight is not None:
            return self.revenue_weight
        return 1.0 if self.objective == "revenue" else 0.0

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the shifts."""
        return ZoneInfo(self.time_zone)


class BudgetPlan(_Part):
    """The budgets of offices; those without one share the default's.

    >>> plan = BudgetPlan(default=Budget(share=0.03), offices={"DE003302": Budget(per_hour=120)})
    >>> plan.version
    'budgets-603e80c055ee'
    """

    default: Budget
    offices: dict[OfficeId, Budget] = Field(default_factory=dict, max_length=_MAX_OFFICES)
    trusted: TrustedLane = TrustedLane()

    @property
    def has_queues(self) -> bool:
        """Whether any budget depends on how many parcels wait for their inspection."""
        return any(one.queue is not None for one in (self.default, *self.offices.values()))

    @property
    def version(self) -> str:
        """Name of the plan as decisions carry it: the same budgets have the same."""
        # Sorted, so that a file whose sections changed places says the same.
        ordered = self.model_copy(update={"offices": dict(sorted(self.offices.items()))})
        text = ordered.model_dump_json().encode()
        return f"budgets-{hashlib.blake2b(text, digest_size=_DIGEST_BYTES).hexdigest()}"
