"""Manifests of the past, read by their places in the log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from confluent_kafka import Message

from schemas.codec import RecordError, decode_manifest
from schemas.manifest import Manifest
from scorers.profiles import Source
from streams.kafka.records import coordinates
from streams.profiles.stretches import StretchReader

log = logging.getLogger(__name__)

_FAR: Final = 2_000
"""Records between two manifests from which it is better to jump than to read on."""

_MILLISECONDS: Final = 1_000.0
_PLACE: Final = re.compile(r"(.+):(\d+):(\d+)", re.ASCII | re.DOTALL)


@dataclass(frozen=True)
class PastManifest:
    """A manifest and where and when (Unix seconds) it was logged."""

    source: Source
    offset: int
    seconds: float
    manifest: Manifest


def place_of(decision_id: str) -> tuple[Source, int] | None:
    """Return where a decision's manifest is; None for what is no decision id.

    >>> place_of("parcels.manifests:3:1042")
    (Source(topic='parcels.manifests', partition=3), 1042)
    >>> place_of("RR473124829CN") is None
    True
    """
    found = _PLACE.fullmatch(decision_id)
    return found and (Source(found[1], int(found[2])), int(found[3]))


def read_manifests(reader: StretchReader, decision_ids: Sequence[str]) -> dict[str, PastManifest]:
    """Return the manifests of decisions that the log still has, and that can be read."""
    wanted: dict[Source, dict[int, str]] = {}
    for one in decision_ids:
        if (place := place_of(one)) is not None:
            wanted.setdefault(place[0], {})[place[1]] = one
    found: dict[str, PastManifest] = {}
    for source, ids in wanted.items():
        for messages in records_among(reader, source, sorted(ids)):
            for message in messages:
                read = _read(message, source, ids)
                if read is not None:
                    found[ids[read.offset]] = read
    return found


def records_among(
    reader: StretchReader, source: Source, offsets: Sequence[int]
) -> Iterator[Sequence[Message]]:
    """Yield records among which those at `offsets` are, ascending, as far as the log has them."""
    partitions = reader.partitions(source.topic)
    if source not in partitions:
        return
    low, high = reader.bounds(source)
    kept = [offset for offset in offsets if low <= offset < high]
    jumps = [at for at, (a, b) in enumerate(pairwise(kept), start=1) if b - a > _FAR]
    for start, end in pairwise([0, *jumps, len(kept)]):
        if start < end:
            for stretch in reader.read(source, kept[start], kept[end - 1] + 1):
                yield stretch.messages


def _read(message: Message, source: Source, ids: Mapping[int, str]) -> PastManifest | None:
    offset = coordinates(message)[2]
    if offset not in ids:
        return None
    try:
        manifest = decode_manifest(message.value())
    except RecordError as error:
        log.warning("%s:%d: %s; it was rejected, not decided", source, offset, error)
        return None
    return PastManifest(source, offset, message.timestamp()[1] / _MILLISECONDS, manifest)
