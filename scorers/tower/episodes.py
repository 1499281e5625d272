"""Findings that go on are one episode: told when it begins, and again while it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

REPEAT_SECONDS: Final = 300
QUIET_SECONDS: Final = 600
"""Without a finding for as long, an episode is over; the next finding begins another one."""

LAST_SECONDS: Final = 900
"""How long what is told holds, unless it is told again."""

Subject = tuple[str, str]
"""A kind of finding, and what it is about."""


@dataclass
class _Episode:
    began: int
    seen: int
    told: int


class Episodes:
    """The episodes that are going on, by subject."""

    def __init__(self) -> None:
        self._going_on: dict[Subject, _Episode] = {}

    def note(self, subject: Subject, now: int) -> int | None:
        """Note a finding; return when its episode began if it is to be told now.

        >>> episodes = Episodes()
        >>> [episodes.note(("spike", "lane:6109:CN:DE"), at) for at in (0, 10, 300, 2_000)]
        [0, None, 0, 2000]
        """
        episode = self._going_on.get(subject)
        if episode is None or now - episode.seen > QUIET_SECONDS:
            self._going_on[subject] = _Episode(now, now, now)
            return now
        episode.seen = now
        if now - episode.told < REPEAT_SECONDS:
            return None
        episode.told = now
        return episode.began

    def forget(self, now: int) -> None:
        """Drop the episodes that are over."""
        over = [one for one, at in self._going_on.items() if now - at.seen > QUIET_SECONDS]
        for subject in over:
            del self._going_on[subject]
