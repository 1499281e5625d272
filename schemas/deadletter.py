"""Headers of a rejected record, with Kafka Connect's dead-letter names (KIP-298)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

PREFIX = "__connect.errors."
FORMER = "former."
"""Comes before the names of an earlier rejection's headers, or of those that a sender forges."""

Header = tuple[str, str | bytes | None]
Stage = Literal["VALUE_CONVERTER", "TASK_PUT"]


class DeadLetter(Struct, frozen=True, gc=False):
    """Why a record was rejected and where it came from.

    >>> letter = DeadLetter("parcels.manifests", 3, 7, "Expected `int`, got `str` - at `$.x`")
    >>> dict(letter.headers([]))["__connect.errors.offset"]
    b'7'
    """

    topic: str
    partition: int
    offset: int
    message: str
    error: str = "schemas.codec.RecordError"
    stage: Stage = "VALUE_CONVERTER"

    def headers(self, existing: list[Header]) -> list[Header]:
        """Return `existing` headers and ours.

        What a record is rejected for, and where it was, is not for its sender to say: headers that
        have one of our names already are kept under another.
        """
        ours: list[Header] = [
            (f"{PREFIX}topic", self.topic.encode()),
            (f"{PREFIX}partition", str(self.partition).encode()),
            (f"{PREFIX}offset", str(self.offset).encode()),
            (f"{PREFIX}stage", self.stage.encode()),
            (f"{PREFIX}class.name", b"greenlane.worker"),
            (f"{PREFIX}exception.class.name", self.error.encode()),
            (f"{PREFIX}exception.message", self.message.encode()),
        ]
        names = {name for name, _ in ours}
        kept = [(FORMER + name if name in names else name, value) for name, value in existing]
        return kept + ours
