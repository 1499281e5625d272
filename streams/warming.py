"""Compile all loops once, so that the first parcels need not wait: `python -m streams.warming`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from confluent_kafka import Message
from msgspec.structs import replace

import scorers.rules
from schemas import example
from schemas.codec import decode_decision, decode_example
from schemas.manifest import EXAMPLE
from scorers.features.extractor import Extractor
from scorers.lists.book import ListBook
from scorers.lists.csvfile import read_entries
from scorers.model.model import Model
from scorers.policybook import PolicyBook, share_plan
from scorers.profiles import Source
from scorers.rules.files import load_rules
from scorers.specs.parcels import SPEC
from streams.folding import Fold
from streams.kafka.batch import Batch, Span
from streams.settings import load_settings
from streams.worker import build_handler

_TOPIC: Final = "parcels.manifests"
_LOGGED: Final = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp() * 1000)
_LISTS: Final = b"""subject,value,kind
seller,none,watch
name,Nobody of Nowhere,watch
address,Nowhere 1|10115|DE,watch
hs,610910,watch
text,nothing at all,watch
"""
"""One entry for each kind of search; by its heading the example is held."""


def warm_up() -> None:
    """Screen an example and learn from another; profiles take part where a store can be started."""
    rules = load_rules(Path(scorers.rules.__file__).with_name("example.yaml"))
    lists = ListBook(read_entries(_LISTS, "warming", "warming"))
    with _profiles() as overrides:
        settings = load_settings({**overrides, "policy.lottery_key": "only for this"})
        handler = build_handler(settings, PolicyBook(share_plan(0.5, 0.5), rules, lists))
        for offset in range(2):  # the second one finds what the first has left
            outputs = handler(_batch(offset))
            handler.committed()
    held = decode_decision(outputs[-1].value)
    labelled = replace(decode_example(example.EXAMPLE), features=held.features or {})
    Fold(Extractor(SPEC), Model()).add([labelled])


@contextmanager
def _profiles() -> Iterator[dict[str, str]]:
    """Give the settings of a store of our own; those of none where the extra is not installed."""
    try:
        from streams.embedded import EmbeddedStore
    except ModuleNotFoundError:
        yield {"profiles.mode": "off"}
        return
    with EmbeddedStore() as store:
        yield {"store.url": store.url}


def _batch(offset: int) -> Batch:
    message = Message(
        topic=_TOPIC, partition=0, offset=offset, value=EXAMPLE, timestamp=(1, _LOGGED)
    )
    return Batch([message], {Source(_TOPIC, 0): Span(offset, offset + 1, begins=offset == 0)})


if __name__ == "__main__":
    warm_up()
