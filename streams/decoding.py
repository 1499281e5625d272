"""Manifests of a batch's records, and rejects of what is none."""

from __future__ import annotations

from collections.abc import Sequence

from confluent_kafka import Message

from schemas.codec import RecordError, decode_manifest, decode_manifests
from schemas.manifest import Manifest
from streams.kafka.producing import Output
from streams.rejects import reject

Decoded = tuple[list[Manifest], Sequence[Message], list[Output]]
"""Manifests, the records that they came in, and a reject for each of the other records."""


def read_manifests(messages: Sequence[Message], rejected: str) -> Decoded:
    """Decode records; what breaks the contract is for the topic `rejected`."""
    try:
        return decode_manifests([message.value() for message in messages]), messages, []
    except RecordError:
        return _read_singly(messages, rejected)


def _read_singly(messages: Sequence[Message], rejected: str) -> Decoded:
    manifests: list[Manifest] = []
    read: list[Message] = []
    rejects: list[Output] = []
    for message in messages:
        try:
            manifests.append(decode_manifest(message.value()))
        except RecordError as error:
            rejects.append(reject(message, error, rejected))
        else:
            read.append(message)
    return manifests, read, rejects
