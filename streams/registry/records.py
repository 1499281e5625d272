"""What the registry keeps: stored models, and the choice of the one that decides."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from scorers.model.ftrl import FTRLSettings

MAIN: Final = "main"
"""The lineage of the model that `model.*` of the settings describes."""

RULES: Final = "rules"
"""No model: starter rules and novelty decide. No lineage is called so."""

Mode = Literal["live", "pinned", "rules"]


class Snapshot(Struct, frozen=True, kw_only=True):
    """A stored model.

    version: its name, made from lineage, labels and content. parents: the versions it grew from.
    next_offset: where the fold of the training log goes on. metrics: progressive ones, of labels
    that it had not seen when it scored them.
    """

    version: str
    lineage: str
    key: str
    spec: str
    spec_version: str
    bits: int
    labels: int
    next_offset: int
    settings: FTRLSettings
    importance: float
    sha256: str
    size: int
    made_at: datetime
    parents: tuple[str, ...] = ()
    metrics: dict[str, float] = {}


class Choice(Struct, frozen=True, kw_only=True):
    """Which model decides: the newest of a lineage (live), one version (pinned), or none (rules).

    `former` names what decided before: a lineage, a version, or "rules".
    """

    mode: Mode
    name: str
    since: datetime
    who: Annotated[str, Meta(max_length=64)]
    why: Annotated[str, Meta(max_length=256)] = ""
    former: str = MAIN
