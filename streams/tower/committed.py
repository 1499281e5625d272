"""Faust's Kafka transport, reading committed records only.

Workers write in transactions, and one that is aborted leaves its records in the log. Faust hides
them only from applications that are transactional themselves, which the tower is not.
"""

from __future__ import annotations

from typing import Any, Final

from faust.transport.drivers import aiokafka as driver

_SETTING: Final = "_isolation_level"


class _Thread(driver.AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Read when the consumer starts; Faust has no setting for it.
        if not hasattr(consumer, _SETTING):
            raise RuntimeError(f"aiokafka: expected a consumer with {_SETTING}, got none")
        setattr(consumer, _SETTING, "read_committed")
        return consumer


class _Consumer(driver.Consumer):
    def _new_consumer_thread(self) -> _Thread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)


class CommittedTransport(driver.Transport):
    """The transport of the tower's consumer."""

    Consumer = _Consumer
