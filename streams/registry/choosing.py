"""Changing which model decides: checked, on the record, announced, and reversible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from schemas.errors import UserError
from scorers.model.snapshot import SnapshotError
from streams.announcing import Announcer
from streams.registry.records import MAIN, RULES, Choice, Mode
from streams.registry.registry import Registry

_MOST_WHY: Final = 256


class RegistryError(UserError, ValueError):
    """A change of models that cannot be made. One line: which, expected, got."""


class ModelChooser:
    """Chooses which model decides; workers follow within their poll interval."""

    def __init__(
        self, registry: Registry, announcer: Announcer, utc_now: Callable[[], datetime]
    ) -> None:
        self._registry = registry
        self._announcer = announcer
        self._utc_now = utc_now

    def choice(self) -> Choice | None:
        """Return what was chosen last; None where the newest of `main` decides."""
        return self._registry.choice()

    def put_scores(self, scores: Mapping[str, Mapping[str, float]]) -> None:
        """Let those who choose see how well contestants do."""
        self._registry.put_scores(scores)

    def promote(self, name: str, who: str, why: str = "") -> Choice:
        """Let a lineage (live), a version (pinned) or the rules decide.

        Raises `RegistryError` for what is not there, `SnapshotError` for what is not intact.
        """
        if name == RULES:
            return self.choose("rules", RULES, who, why)
        snapshot = self._registry.named(name)
        if snapshot is None:
            known = [one.lineage for one in self._registry.lineages()]
            known += [one.version for one in self._registry.versions()]
            raise RegistryError(
                f"{name}: expected {RULES} or one of {', '.join(known) or 'no model yet'}"
            )
        self._registry.load_for_scoring(snapshot)  # what is damaged is not promoted
        return self.choose("live" if name == snapshot.lineage else "pinned", name, who, why)

    def rollback(self, who: str, why: str = "") -> Choice:
        """Go back to what decided before the last change; without any, to the last version."""
        choice = self.choice()
        if choice is not None:
            return self.promote(choice.former, who, why or "rolled back")
        version = self.last_good(MAIN)
        if version is None:
            raise RegistryError("expected an earlier version or choice to go back to, got none")
        return self.promote(version, who, why or "rolled back")

    def last_good(self, lineage: str) -> str | None:
        """Return the newest version of a lineage that is intact."""
        for one in reversed(self._registry.versions()):
            if one.lineage != lineage:
                continue
            try:
                self._registry.load_for_scoring(one)
            except SnapshotError:
                continue
            return one.version
        return None

    def choose(self, mode: Mode, name: str, who: str, why: str = "", place: str = "") -> Choice:
        """Put a choice in force and announce it. `place` tells the alert from others."""
        former = self.choice()
        now = self._utc_now()
        choice = Choice(
            mode=mode,
            name=name,
            since=now,
            who=who[:64],
            why=why[:_MOST_WHY],
            former=MAIN if former is None else former.name,
        )
        self._registry.choose(choice)
        text = f"{name} ({mode}) decides instead of {choice.former}, by {who}"
        details = {"mode": mode, "former": choice.former, "who": who, "why": why}
        self._announcer.announce("model-changed", name, text, place or str(now), details)
        return choice
