"""A Bytewax dataflow with a River model, at least once: the library promises no more."""

from __future__ import annotations

import json

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSinkMessage, KafkaSourceMessage
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.run import cli_main
from job import Job, Scorer, told

_BATCH = 1_000


def flow_of(job: Job) -> Dataflow:
    """Return the dataflow from manifests to decisions."""
    scorer = Scorer(job)

    def decide(message: KafkaSourceMessage) -> KafkaSinkMessage:
        decision = scorer.decide(json.loads(message.value))
        return KafkaSinkMessage(decision["item_id"].encode(), json.dumps(decision).encode())

    flow = Dataflow("screen")
    servers = [job.servers]
    manifests = kop.input("in", flow, brokers=servers, topics=[job.source], batch_size=_BATCH)
    decisions = op.map("decide", manifests.oks, decide)
    kop.output("out", decisions, brokers=servers, topic=job.target)
    return flow


if __name__ == "__main__":
    cli_main(flow_of(told()))
