"""Headers of decisions: the trace of the manifest, and CloudEvents if they are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Final, cast

import numpy as np
from confluent_kafka import Message

from schemas import decision
from scorers.lottery import Coordinates
from streams.events import Headers, event_headers, moment

_TRACEPARENT: Final = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_MAX_TRACESTATE: Final = 512
"""Bytes; who passes a trace on may leave out what is longer (W3C Trace Context, 3.3.1.5)."""

_TYPE: Final = f"greenlane.decision.v{decision.SCHEMA_VERSION}"


class Headings:
    """Makes the headers of a batch's decisions; `source` is that of CloudEvents, if any."""

    def __init__(self, source: str | None = None) -> None:
        self._source = source

    def of(
        self,
        messages: Sequence[Message],
        places: Sequence[Coordinates],
        milliseconds: np.ndarray[tuple[int], np.dtype[np.int64]],
    ) -> Iterable[Headers | None]:
        """Return the headers of the decision on each manifest, None for none.

        `milliseconds` are Unix times of the log, so a batch that comes again has the same headers.
        """
        came = list(map(Message.headers, messages))
        traces = map(trace_of, came) if any(came) else repeat(None)
        return traces if not self._source else self._events(traces, places, milliseconds.tolist())

    def _events(
        self,
        traces: Iterable[Headers | None],
        places: Sequence[Coordinates],
        milliseconds: Sequence[int],
    ) -> Iterator[Headers]:
        for trace, (topic, partition, offset), logged in zip(
            traces, places, milliseconds, strict=False
        ):
            identity = f"{topic}:{partition}:{offset}"
            event = event_headers(self._source, _TYPE, identity, moment(logged))
            yield [("content-type", b"application/json"), *event, *(trace or ())]


def trace_of(headers: object) -> Headers | None:
    """Return the headers of a trace (W3C Trace Context) among a record's, if there is one.

    >>> parent = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    >>> trace_of([("a", b"1"), parent]) == [parent]
    True
    """
    found = dict(cast("Sequence[tuple[str, bytes | None]]", headers or ()))
    parent, state = found.get("traceparent"), found.get("tracestate")
    if not parent or not _TRACEPARENT.fullmatch(parent):
        return None
    if not state or len(state) > _MAX_TRACESTATE:
        return [("traceparent", parent)]
    return [("traceparent", parent), ("tracestate", state)]
