"""How many manifests a second several workers decide together, on one broker and store."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Final

from bench.speed.contestants import Greenlane
from bench.speed.inputs import Recording
from bench.speed.stage import Load, Stage
from streams.clock import monotonic, pause
from streams.kafka.reading import TopicReader
from streams.processes import ChildProcess

_READ: Final = 50_000
_PAUSE_SECONDS: Final = 0.05
_WARM_SHARE: Final = 0.3
_LONGEST_SECONDS: Final = 120.0


class StalledError(RuntimeError):
    """Workers took too long; the text is one line."""


def rate_of(workers: int, recording: Recording) -> dict[str, Any]:
    """Return the rate of the last 70 % of the input."""
    with Stage("embedded", Load(recording)) as stage, ExitStack() as stack:
        stage.publish()
        first = Greenlane().start(stage, "scale")
        children = []
        for number in range(workers):
            environment = {**(first.environment or {}), "GREENLANE_WORKER__INSTANCE": str(number)}
            # Only one process can serve metrics at a port.
            environment["GREENLANE_METRICS__PORT"] = "0"
            child = ChildProcess(first.command, stage.folder / f"{number}.log", environment)
            child.start()
            stack.callback(child.stop)
            children.append(child)
        reader = TopicReader(stage.settings().kafka, first.topics)
        stack.callback(reader.close)
        return _measured(reader, recording.count, children)


def _measured(reader: TopicReader, count: int, children: list[ChildProcess]) -> dict[str, Any]:
    deadline = monotonic() + _LONGEST_SECONDS
    seen, warm, started = 0, 0, 0.0
    while seen < count:
        pause(_PAUSE_SECONDS)
        seen += len(reader.read(_READ, 0.0))
        if not started and seen >= count * _WARM_SHARE:
            warm, started = seen, monotonic()
        ended = next((child for child in children if not child.running), None)
        if ended is not None or monotonic() > deadline:
            raise StalledError(f"{seen} of {count} decided; {(ended or children[0]).log_tail()}")
    seconds = monotonic() - started
    return {"manifests": count - warm, "seconds": seconds, "rate": (count - warm) / seconds}
