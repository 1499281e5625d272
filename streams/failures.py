"""Failures that a user can cause, each in one line."""

from __future__ import annotations

from confluent_kafka import KafkaException

from schemas.codec import RecordError
from schemas.reference.errors import ReferenceDataError
from scorers.budgets.loading import BudgetError
from scorers.features.spec import SpecError
from scorers.lists.problems import ListError
from scorers.model.snapshot import SnapshotError
from scorers.profiles import ProfileError
from scorers.rules.problems import RuleError
from streams.bridge.opening import BridgeError
from streams.contracts import SchemaFormError
from streams.embedded import EmbeddedError
from streams.kafka.collecting import ConsumeError
from streams.kafka.exactly_once import TransactionFatalError
from streams.ledger.rows import LedgerFileError
from streams.profiles.stretches import RecordsGoneError
from streams.publishing import PublishError
from streams.registry.choosing import RegistryError
from streams.session import SessionError
from streams.settings import SettingsError
from streams.sources.files import SourceError
from streams.store import STORE_ERRORS

_OURS = (
    BridgeError,
    BudgetError,
    ListError,
    RuleError,
    ConsumeError,
    EmbeddedError,
    LedgerFileError,
    ProfileError,
    PublishError,
    RecordError,
    RecordsGoneError,
    ReferenceDataError,
    RegistryError,
    SchemaFormError,
    SessionError,
    SettingsError,
    SnapshotError,
    SourceError,
    SpecError,
    TransactionFatalError,
)


def one_line(error: BaseException) -> str | None:
    """Return what to tell the user, or None for a fault of ours, which shall show its traceback.

    >>> one_line(SettingsError("kafka.x: expected a known setting"))
    'kafka.x: expected a known setting'
    """
    if isinstance(error, _OURS):
        first, *others = str(error).splitlines() or [""]
        return f"{first} (and {len(others)} more; its check command tells all)" if others else first
    if isinstance(error, KafkaException):
        return f"Kafka: {error.args[0].str()}; see `greenlane doctor`"
    if isinstance(error, STORE_ERRORS):
        return f"Store: {error}; see `greenlane doctor`"
    if isinstance(error, OSError):
        return f"{error.filename or 'System'}: {error.strerror or error}"
    return None
