"""Corrections of earlier months: a file of them becomes records of the ledger's deltas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from schemas import ledger
from schemas.codec import encode
from schemas.ledger import LedgerCorrection, LedgerDeltas
from scorers.ledger import ledger_key
from streams.kafka.clients import plain_producer
from streams.kafka.producing import Output
from streams.ledger.rows import LedgerFileError
from streams.publishing import Publisher
from streams.settings import Settings
from streams.sources.files import read_values

_decode: Final = msgspec.json.Decoder(LedgerCorrection).decode


def publish_corrections(settings: Settings, path: Path) -> int:
    """Publish a file of corrections, one a line; return how many. A wrong line publishes none."""
    outputs = list(_outputs(settings.topics.ioss_deltas, path))
    return Publisher(plain_producer(settings.kafka)).publish(outputs)


def _outputs(topic: str, path: Path) -> Iterator[Output]:
    for number, value in enumerate(read_values(path), start=1):
        try:
            correction = _decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise LedgerFileError(f"{path}:{number}: expected a correction, got {error}") from None
        record = LedgerDeltas(ledger.SCHEMA_VERSION, corrections=(correction,))
        yield Output(topic, ledger_key(correction.ioss), encode(record))
