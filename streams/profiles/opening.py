"""The profile store as the settings describe it."""

from __future__ import annotations

from uuid import uuid4

from scorers.profiles import Identities, ProfileConfiguration, ProfileStore
from streams.settings import Settings
from streams.store import connect


def identities_of(settings: Settings) -> Identities:
    """Return the keyed hashes of the settings' secret."""
    return Identities(_secret(settings), _former(settings))


def configuration_of(settings: Settings) -> ProfileConfiguration:
    """Return what all that share the store must agree on."""
    profiles = settings.profiles
    return ProfileConfiguration(
        _secret(settings),
        profiles.shards,
        profiles.days,
        profiles.order_days,
        former=_former(settings),
    )


def profile_store(settings: Settings) -> ProfileStore:
    """Return the profile store, still to be opened."""
    client = connect(settings.store, retries=0)
    return ProfileStore(client, configuration_of(settings), session=uuid4().hex)


def _former(settings: Settings) -> tuple[bytes, ...]:
    return tuple(one.get_secret_value().encode() for one in settings.profiles.former_secrets)


def _secret(settings: Settings) -> bytes:
    return settings.profiles.secret.get_secret_value().encode()
