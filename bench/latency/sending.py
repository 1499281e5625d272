"""Sends manifests when they are due, whatever becomes of them: an open loop, run as a process.

`python -m bench.latency.sending SERVERS TOPIC FILE RATE COUNT SKIP START`, where START is an
instant of the system's monotonic clock, the same in all processes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from confluent_kafka import Producer

from bench.speed.inputs import lines_of
from streams.clock import monotonic, pause
from streams.kafka.producing import Output, send
from streams.publishing import manifest_key

_TICK_SECONDS: Final = 0.001
_LINGER_MS: Final = 5
"""The client's default. The embedded broker slows down with the number of batches that it keeps."""


def main(arguments: Sequence[str]) -> None:
    """Send and wait until all is stored."""
    servers, topic, file, rate, count, skip, start = arguments
    values = list(islice(lines_of(Path(file)), int(skip), int(skip) + int(count)))
    outputs = [Output(topic, manifest_key(value), value) for value in values]
    producer = Producer({"bootstrap.servers": servers, "linger.ms": _LINGER_MS})
    sent = 0
    for due in due_counts(float(start), float(rate), len(outputs)):
        for output in outputs[sent:due]:
            send(producer, output)
        sent = due
        producer.poll(0)
        pause(_TICK_SECONDS)
    producer.flush()


def due_counts(start: float, rate: float, count: int) -> Iterator[int]:
    """Yield how many are due by now, until all are."""
    due = 0
    while due < count:
        due = int(min(max((monotonic() - start) * rate, 0.0), count))
        yield due


if __name__ == "__main__":
    main(sys.argv[1:])
