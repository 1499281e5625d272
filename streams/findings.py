"""What `greenlane doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `advice` says what to do where it is not well."""

    subject: str
    well: bool
    state: str
    advice: str = ""
