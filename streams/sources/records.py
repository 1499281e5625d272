"""What an adapter yields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from schemas.manifest import Manifest


@dataclass(frozen=True)
class AdaptedRecord:
    """A manifest, the day it was declared, and whether an inspection found a violation."""

    manifest: Manifest
    day: date
    violation: bool
