"""Failures that a user can cause, each in one line."""

from __future__ import annotations

from confluent_kafka import KafkaException

from schemas.errors import UserError


def one_line(error: BaseException) -> str | None:
    """Return what to tell the user, or None for a fault of ours, which shall show its traceback.

    >>> one_line(UserError("kafka.x: expected a known setting"))
    'kafka.x: expected a known setting'
    """
    if isinstance(error, UserError):
        first, *others = str(error).splitlines() or [""]
        return f"{first} (and {len(others)} more; its check command tells all)" if others else first
    if isinstance(error, KafkaException):
        return f"Kafka: {error.args[0].str()}; see `greenlane doctor`"
    if _is_of_the_store(error):
        return f"Store: {error}; see `greenlane doctor`"
    if isinstance(error, OSError):
        return f"{error.filename or 'System'}: {error.strerror or error}"
    return None


def _is_of_the_store(error: BaseException) -> bool:
    # Here, for it takes longer to load than most commands take.
    from streams.store import STORE_ERRORS

    return isinstance(error, STORE_ERRORS)
