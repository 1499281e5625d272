"""Runs the demo: starts everything, watches the topics, and says how it ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.live import Live

from streams import clock
from streams.demo.scoreboard import Scoreboard
from streams.demo.view import live_panel, plain_line, print_summary
from streams.kafka.reading import TopicReader
from streams.session import EmbeddedSession
from streams.simulation import SimulationPlan
from streams.warmed import warm_up_once

DEMO_SETTINGS: Final = {
    "topics.partitions": "2",
    "worker.model_poll_seconds": "0.5",
    "learner.snapshot_seconds": "1.0",
    "policy.lottery_key": "demo",
}

_READ: Final = 5_000
_READ_SECONDS: Final = 0.1
_QUIET_READS: Final = 5
_DRAIN_SECONDS: Final = 20.0
_START_SECONDS: Final = 120.0
_PANEL_SECONDS: Final = 0.25
_LINE_SECONDS: Final = 5.0
_RATE_SECONDS: Final = 3.0
_LEAST_MARKS: Final = 2


class Demo:
    """One run of the demo."""

    def __init__(self, console: Console, plan: SimulationPlan, duration: float) -> None:
        self._console = console
        self._plan = plan
        self._duration = duration

    def run(self) -> bool:
        """Run for the set time; return whether every manifest was decided exactly once."""
        warm_up_once(self._console.print)
        self._console.print("Starting an embedded broker and store; the model is empty.")
        with EmbeddedSession(DEMO_SETTINGS) as session:
            watch = _Watch(session)
            session.spawn("worker")
            session.spawn("learner")
            simulation = session.spawn("simulate", *self._plan.options())
            watch.begin()
            self._show(watch)
            seconds = watch.elapsed
            simulation.stop()
            session.forget(simulation)
            watch.drain()
        print_summary(self._console, watch.board, seconds)
        return watch.board.published > 0 and watch.board.lag == 0 and watch.board.twice == 0

    def _show(self, watch: _Watch) -> None:
        if not self._console.is_terminal:
            for _ in watch.ticks(self._duration, _LINE_SECONDS):
                line = plain_line(watch.board, watch.elapsed, watch.rate)
                self._console.print(line, soft_wrap=True)
            return
        with Live(console=self._console, auto_refresh=False) as live:
            for _ in watch.ticks(self._duration, _PANEL_SECONDS):
                panel = live_panel(watch.board, watch.elapsed, self._duration, watch.rate)
                live.update(panel, refresh=True)


class _Watch:
    """Reads the topics into a scoreboard, and measures the rate of decisions."""

    def __init__(self, session: EmbeddedSession) -> None:
        topics = session.settings.topics
        names = [topics.manifests, topics.hold, topics.clear, topics.rejected, topics.outcomes]
        self._session = session
        self._reader = TopicReader(session.settings.kafka, names)
        self._started = clock.monotonic()
        self.board = Scoreboard(topics)
        self.rate = 0.0

    def begin(self) -> None:
        """Wait for the first parcel: time counts from then on, however long processes take."""
        while not self.board.published and self.elapsed < _START_SECONDS:
            self._read()
        self._started = clock.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return clock.monotonic() - self._started

    def ticks(self, duration: float, every: float) -> Iterator[None]:
        """Read for `duration` seconds, pausing every so often for a look at the board."""
        shown = self.elapsed
        marks = deque([(shown, 0)])
        while self.elapsed < duration:
            self._read()
            if self.elapsed - shown >= every:
                shown = self.elapsed
                marks.append((shown, self.board.decided))
                # Decisions come by the batch: over one look the rate would be none or far too high.
                while len(marks) > _LEAST_MARKS and shown - marks[0][0] > _RATE_SECONDS:
                    marks.popleft()
                since, counted = marks[0]
                self.rate = (self.board.decided - counted) / (shown - since)
                yield

    def drain(self) -> None:
        """Read until every manifest is decided, or for too long."""
        deadline = self.elapsed + _DRAIN_SECONDS
        quiet = 0
        while self.elapsed < deadline and (self.board.lag > 0 or quiet < _QUIET_READS):
            quiet = 0 if self._read() else quiet + 1
        self._reader.close()

    def _read(self) -> int:
        self._session.check()
        messages = self._reader.read(_READ, _READ_SECONDS)
        for message in messages:
            self.board.take(message)
        return len(messages)
