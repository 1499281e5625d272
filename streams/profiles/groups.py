"""Who is at work: members of consumer groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

_CALL_SECONDS: Final = 30.0


def members_of(admin: AdminClient, groups: Sequence[str]) -> dict[str, int]:
    """Return the number of members of each group that has any."""
    futures = admin.describe_consumer_groups(list(groups), request_timeout=_CALL_SECONDS)
    found = {}
    for group, future in futures.items():
        try:
            count = len(future.result().members)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.GROUP_ID_NOT_FOUND:
                raise
            continue
        if count:
            found[group] = count
    return found
