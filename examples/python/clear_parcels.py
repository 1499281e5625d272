"""What a clearance system does: release what is clear, inspect what is held, report what it found.

    python clear_parcels.py [--brokers 127.0.0.1:9092] [--count 200]

Needs only `pip install confluent-kafka`. Reads `--count` decisions, 0 for all that will ever come.
"""

import argparse
import json
import os
import sys
from datetime import UTC, datetime

from confluent_kafka import Consumer, Producer

PATIENCE_SECONDS = 30


def inspected(decision: dict) -> dict:
    """Return the outcome of an inspection; here a gift is a violation and all else compliant."""
    vague = any(reason["code"] == "R-VAGUE" for reason in decision["reasons"])
    return {
        "schema_version": 1,
        # Made from the decision, so a report that is sent twice is the same report.
        "outcome_id": f"outcome-{decision['decision_id']}",
        "decision_id": decision["decision_id"],
        "item_id": decision["item_id"],
        "inspected_at": datetime.now(UTC).isoformat(),
        "result": "violation" if vague else "compliant",
        "violations": ["vague-description"] if vague else [],
    }


def main(brokers: str, count: int) -> None:
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "clearance",
            "auto.offset.reset": "earliest",
            # Hides what was given up, without which a parcel may seem to be decided twice.
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "session.timeout.ms": 6000,
        }
    )
    producer = Producer({"bootstrap.servers": brokers, "enable.idempotence": True})
    consumer.subscribe(["parcels.hold", "parcels.clear"])
    # What this system has done. In earnest: a table keyed by decision_id, for after a crash
    # decisions since the last commit are read again.
    done = set()
    released = 0
    while not count or len(done) < count:
        message = consumer.poll(PATIENCE_SECONDS)
        if message is None:
            sys.exit(f"only {len(done)} decisions, and no more within {PATIENCE_SECONDS} s")
        if message.error():
            sys.exit(f"cannot read decisions: {message.error()}")
        decision = json.loads(message.value())
        if decision["decision_id"] in done:
            continue
        if decision["action"] == "hold":
            why = "; ".join(reason["text"] for reason in decision["reasons"][:2])
            print(f"hold    {decision['item_id']}  {decision['probability']:.0%}  {why}")
            outcome = json.dumps(inspected(decision))
            producer.produce("parcels.outcomes", outcome, decision["item_id"])
            producer.flush()
        else:
            released += 1  # in earnest: tell the carrier
        done.add(decision["decision_id"])
        # Only now is the decision done with: the outcome is stored.
        consumer.commit(message)
    consumer.close()
    print(f"released {released}, held {len(done) - released}")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--brokers", default=os.environ.get("BROKERS", "127.0.0.1:9092"))
    options.add_argument("--count", type=int, default=200)
    chosen = options.parse_args()
    main(chosen.brokers, chosen.count)
