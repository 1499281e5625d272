"""The commands about profiles: showing one, forgetting one, and making all anew."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from streams.profiles.looking_up import ProfileReader
from streams.profiles.naming import key_of
from streams.profiles.opening import configuration_of, identities_of
from streams.profiles.rebuilding import rebuild
from streams.profiles.rotating import rotate
from streams.profiles.showing import lines_of
from streams.settings import Settings
from streams.store import connect


def shown(settings: Settings, kind: str, name: str, now: datetime) -> list[str]:
    """Return what the store knows of an entity now, a line a quantity; nothing if unknown.

    Raises ProfileError, for one if the name is not in the form of its kind.
    """
    key = key_of(identities_of(settings), kind, name)
    seen = _reader(settings).seen(kind, key, now)
    return [] if seen is None else lines_of(seen, kind, settings.topics.manifests, now)


def forgotten(settings: Settings, kind: str, name: str) -> bool:
    """Drop what the store knows of an entity; return whether it knew anything.

    Raises ProfileError, for one if the name is not in the form of its kind.
    """
    return _reader(settings).forget(kind, key_of(identities_of(settings), kind, name))


def _reader(settings: Settings) -> ProfileReader:
    return ProfileReader(connect(settings.store, retries=0), configuration_of(settings))


def rotated(settings: Settings) -> str:
    """Bring the store under the newest secret; return what was done in a line."""
    count = rotate(settings)
    return f"{count:,} records are under the new secret now" if count else "nothing to rotate"


def rebuilt(settings: Settings, now: datetime, *, replace: bool) -> str:
    """Make the profiles anew; return what was done in a line."""
    folder = settings.policy.reference
    assessor = Assessor(load_reference(Path(folder) if folder else None))
    applied: Counter[str] = rebuild(settings, assessor, now, replace=replace)
    topics = settings.topics
    named = {"manifests": topics.manifests, "orders": topics.orders, "outcomes": topics.training}
    counts = ", ".join(f"{applied[topic]:,} {name}" for name, topic in named.items())
    return f"profiles made anew from {counts}"
