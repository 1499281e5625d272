"""The newest entries of the ledger, read from its topic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Final

from confluent_kafka import Message

from schemas.codec import decode_ledger_entry
from schemas.ledger import LedgerEntry
from scorers.tower.ledgerbook import Account
from streams.kafka.reaching import require_broker
from streams.kafka.reading import TopicReader
from streams.settings import Settings

_MOST: Final = 5_000
_QUIET_SECONDS: Final = 1.0


def read_all(settings: Settings, topics: list[str]) -> Iterator[Message]:
    """Yield what topics hold now: until no more comes for a second."""
    require_broker(settings.kafka)
    with closing(TopicReader(settings.kafka, topics)) as reader:
        while part := reader.read(_MOST, _QUIET_SECONDS):
            yield from part


def read_entries(settings: Settings) -> dict[Account, LedgerEntry]:
    """Return the newest entry of each number and month: the one that has most in it.

    That is the last one written, except where a tower that was taken for dead wrote once more.
    """
    newest: dict[Account, LedgerEntry] = {}
    for message in read_all(settings, [settings.topics.ioss_ledger]):
        if message.value() is None:
            continue
        entry = decode_ledger_entry(message.value())
        account = (entry.ioss, entry.month)
        if account not in newest or entry.offset >= newest[account].offset:
            newest[account] = entry
    return newest
