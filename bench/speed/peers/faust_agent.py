"""A Faust agent with a River model, at least once: its exactly-once mode is not to be had."""

from __future__ import annotations

import sys
from typing import Any

import faust
from job import Scorer, told

job = told()
scorer = Scorer(job)
app = faust.App(
    job.name,
    broker=f"kafka://{job.servers}",
    store="memory://",
    datadir=job.folder,
    web_enabled=False,
    topic_disable_leader=True,
    topic_allow_declare=False,
    stream_wait_empty=False,
    consumer_auto_offset_reset="earliest",
    broker_session_timeout=6.0,
    broker_heartbeat_interval=1.0,
)
manifests = app.topic(job.source, value_serializer="json", key_serializer="raw")
decisions = app.topic(job.target, value_serializer="json", key_serializer="raw")


@app.agent(manifests)
async def screen(stream: Any) -> None:
    """Decide manifest by manifest."""
    async for manifest in stream:
        decision = scorer.decide(manifest)
        await decisions.send(key=decision["item_id"].encode(), value=decision)


if __name__ == "__main__":
    sys.argv[1:] = []
    faust.Worker(app, loglevel="WARNING").execute_from_commandline()
