"""A tower that is killed again and again on Apache Kafka: does its ledger equal the decisions?"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from bench.servers import servers
from streams.clock import utc_now
from tests.pipeline import Pipeline
from tests.towers import killed, settled


def kills(count: int) -> dict[str, Any]:
    """Return what the ledger says after so many kills, and where the decisions differ."""
    broker, store = servers("kafka")
    with broker, store, tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(
            broker, store, Path(folder), worker__batch_size="200", topics__partitions="4"
        )
        started = time.monotonic()
        try:
            published = killed(pipeline, count, seed=5)
            supplies, wrong = settled(pipeline, utc_now().strftime("%Y-%m"))
        finally:
            pipeline.stop()
    return {
        "kills": count,
        "seconds": round(time.monotonic() - started),
        "parcels": published,
        "in_the_ledger": sum(amounts.parcels for amounts in supplies.values()),
        "vat_cents": sum(amounts.vat for amounts in supplies.values()),
        "lines": len(supplies),
        "mismatches": len(wrong),
    }
