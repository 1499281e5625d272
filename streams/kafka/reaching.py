"""Whether brokers let us in, found out before anything else is done."""

from __future__ import annotations

from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ClusterMetadata

from schemas.errors import UserError
from streams import clock
from streams.kafka.clients import admin_properties
from streams.settings import KafkaSettings

SECONDS: Final = 5.0
_TURN_SECONDS: Final = 0.5
_DOCTOR: Final = "is kafka.bootstrap_servers right? see `greenlane doctor`"
_REFUSALS: Final = {
    KafkaError._AUTHENTICATION: "sasl.mechanism, sasl.username and sasl.password",
    KafkaError._SSL: "security.protocol and certificates",
}
"""What does not go away by trying again, and which properties of `kafka.client` it is about."""


class BrokerError(UserError, RuntimeError):
    """No broker answers, or none lets us in. One line: which, why, and what to look at."""


def require_broker(kafka: KafkaSettings, seconds: float = SECONDS) -> ClusterMetadata:
    """Return what brokers say of the cluster, once one lets us in.

    The client library itself tries on for ever, and tells of a wrong password by the way only.
    Raises BrokerError at once if we are refused, and after some seconds if nobody answers.
    """
    told: list[KafkaError] = []
    # What the library would log meanwhile is what `told` gets.
    quiet = {"error_cb": told.append, "log_level": 0}
    properties: dict[str, Any] = {**admin_properties(kafka), **quiet}
    client = AdminClient(properties)
    deadline = clock.monotonic() + seconds
    while True:
        try:
            return client.list_topics(timeout=_TURN_SECONDS)
        except KafkaException as error:
            client.poll(0)
            refused = [one for one in told if one.code() in _REFUSALS]
            if refused:
                raise BrokerError(_refusal(kafka, refused[0])) from None
            if clock.monotonic() > deadline:
                last = told[-1] if told else error.args[0]
                raise BrokerError(f"{_named(kafka)}: no answer: {last.str()}; {_DOCTOR}") from None


def _refusal(kafka: KafkaSettings, error: KafkaError) -> str:
    about = _REFUSALS[error.code()]
    return f"{_named(kafka)} does not let us in: {error.str()}; see {about} in kafka.client"


def _named(kafka: KafkaSettings) -> str:
    return f"Kafka: {kafka.bootstrap_servers}"
