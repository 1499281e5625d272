"""The client of the schema registry."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from schemas.errors import UserError
from streams.setting_sections import BridgeSettings

if TYPE_CHECKING:
    from confluent_kafka.schema_registry import SchemaRegistryClient


class BridgeError(UserError, RuntimeError):
    """The registry is not configured or its client not installed; the text is one line."""


def require_client() -> None:
    """Raise `BridgeError` if the client's packages are not installed."""
    if any(find_spec(name) is None for name in ("fastavro", "authlib", "google.protobuf")):
        raise BridgeError("the registry's client is not installed: pip install 'greenlane[bridge]'")


def open_client(settings: BridgeSettings) -> SchemaRegistryClient:
    """Return a client of the registry; nothing is asked of it yet."""
    if not settings.url:
        raise BridgeError("bridge.url: expected the registry's URL, got none")
    from confluent_kafka.schema_registry import SchemaRegistryClient

    options = {"url": settings.url}
    credentials = settings.credentials.get_secret_value()
    if credentials:
        options["basic.auth.user.info"] = credentials
    client: SchemaRegistryClient = SchemaRegistryClient.new_client(options)
    return client
