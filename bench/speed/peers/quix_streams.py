"""Quix Streams with a River model, exactly once."""

from __future__ import annotations

from job import Scorer, told
from quixstreams import Application

_COMMIT_SECONDS = 1.0


def main() -> None:
    """Decide until stopped."""
    job = told()
    scorer = Scorer(job)
    app = Application(
        broker_address=job.servers,
        consumer_group=job.name,
        processing_guarantee="exactly-once",
        commit_interval=_COMMIT_SECONDS,
        auto_offset_reset="earliest",
        auto_create_topics=False,
        state_dir=job.folder,
        consumer_extra_config=_further(job.consumer),
        loglevel="WARNING",
    )
    manifests = app.topic(job.source, value_deserializer="json")
    decisions = app.topic(job.target, value_serializer="json")
    frame = app.dataframe(manifests)
    frame = frame.apply(scorer.decide)
    frame.to_topic(decisions, key=lambda decision: decision["item_id"])
    app.run()


def _further(settings: dict[str, object]) -> dict[str, object]:
    """Leave out what the library sets itself."""
    own = {"bootstrap.servers", "auto.offset.reset", "enable.auto.commit", "isolation.level"}
    own.add("partition.assignment.strategy")
    return {name: value for name, value in settings.items() if name not in own}


if __name__ == "__main__":
    main()
