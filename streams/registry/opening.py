"""The registry that settings describe."""

from __future__ import annotations

from scorers.specs import spec_named
from streams.registry.registry import Registry
from streams.registry.signing import Signer
from streams.settings import Settings
from streams.store import RETRIES, connect


def open_registry(settings: Settings, retries: int = RETRIES, spec: str = "") -> Registry:
    """Return the registry of a spec's models, by default those of the spec that decides."""
    signer = Signer(settings.model.signing_key.get_secret_value().encode())
    named = spec_named(spec or settings.model.spec)
    return Registry(connect(settings.store, retries), named, signer)
