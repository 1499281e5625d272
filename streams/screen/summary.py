"""What became of the records of a file."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class ScreenSummary:
    """What became of a file's records."""

    records: int = 0
    rejected: int = 0
    held: dict[str, int] = field(default_factory=dict)
    inspected: dict[str, int] = field(default_factory=dict)
    violations: dict[str, int] = field(default_factory=dict)
    reject_reasons: list[str] = field(default_factory=list)

    def add_hold(self, arm: str, violation: bool | None) -> None:
        """Count a held parcel and what its inspection found."""
        self.held[arm] = self.held.get(arm, 0) + 1
        if violation is not None:
            self.inspected[arm] = self.inspected.get(arm, 0) + 1
            self.violations[arm] = self.violations.get(arm, 0) + violation
