"""The worker's handler without a broker: any records in, and an answer to each out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from confluent_kafka import Message

from schemas.codec import decode_decision
from scorers.policybook import PolicyBook, share_plan
from scorers.profiles import Source
from streams.kafka.batch import Batch, Span
from streams.kafka.producing import Output
from streams.settings import load_settings
from streams.worker import build_handler

_TOPIC = "parcels.manifests"
_REASON = "__connect.errors.exception.message"


class Handled:
    """A handler with profiles in a store, and how many records it has answered in which way."""

    def __init__(self, store_url: str, drawn: float = 0.005) -> None:
        """`drawn` is the share that is held at random; another 2.5 % are held by score."""
        settings = load_settings({"store.url": store_url, "policy.lottery_key": "test"})
        self._topics = settings.topics
        self._handler = build_handler(settings, PolicyBook(share_plan(drawn + 0.025, drawn)))
        self._next = 0
        self.decided = self.rejected = 0

    def answer(self, values: Sequence[bytes | None], **more: Any) -> list[Output]:
        """Handle records as a batch; return the answers, of which each record has one.

        `more` is for all of their messages, such as headers.
        """
        start, self._next = self._next, self._next + len(values)
        messages = [
            Message(
                topic=_TOPIC,
                partition=0,
                offset=offset,
                value=value,
                timestamp=(1, 1_793_491_200_000),
                **more,
            )
            for offset, value in enumerate(values, start)
        ]
        span = Span(start, self._next, begins=start == 0)
        outputs = self._handler(Batch(messages, {Source(_TOPIC, 0): span}))
        self._handler.committed()
        return self._answers(outputs, range(start, self._next))

    def _answers(self, outputs: Sequence[Output], offsets: range) -> list[Output]:
        topics = self._topics
        rejects = [one for one in outputs if one.topic == topics.rejected]
        decisions = [one for one in outputs if one.topic in (topics.hold, topics.clear)]
        answered = Counter(decode_decision(one.value or b"").decision_id for one in decisions)
        answered += Counter(_rejected(one) for one in rejects)
        assert answered == Counter(f"{_TOPIC}:0:{offset}" for offset in offsets)
        self.decided += len(decisions)
        self.rejected += len(rejects)
        return [*decisions, *rejects]


def _rejected(reject: Output) -> str:
    headers = dict(reject.headers or [])
    assert headers[_REASON], "a reject without a reason"
    parts = [headers[f"__connect.errors.{name}"] for name in ("topic", "partition", "offset")]
    return ":".join(part.decode() if isinstance(part, bytes) else str(part) for part in parts)
