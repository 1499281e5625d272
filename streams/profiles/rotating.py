"""`greenlane profiles rotate`: another secret for all that is in the store."""

from __future__ import annotations

from contextlib import closing

from scorers.profiles.rotating import Rotation, RotationError
from streams.profiles.opening import configuration_of
from streams.profiles.rebuilding import require_stopped
from streams.profiles.stretches import StretchReader
from streams.settings import Settings
from streams.store import connect


def rotate(settings: Settings) -> int:
    """Bring the store under the settings' secret; return how many records were moved.

    Raises `ProfileError` if workers or the learner run, if a batch was not committed, or if the
    store is under neither the settings' secret nor the one before it.
    """
    if not settings.profiles.former_secrets:
        raise RotationError(
            "profiles.former_secrets: expected the secret until now as the last one, got none"
        )
    require_stopped(settings)
    rotation = Rotation(connect(settings.store), configuration_of(settings))
    _require_committed(settings, rotation)
    return rotation.run()


def _require_committed(settings: Settings, rotation: Rotation) -> None:
    """A batch that comes again needs the answer that it got, which a rotation drops."""
    topics = (settings.topics.manifests, settings.topics.orders)
    stands = {one: at for one, at in rotation.positions().items() if one.topic in topics}
    with closing(StretchReader(settings.kafka, settings.worker.group)) as reader:
        committed = reader.committed([*stands])
    for source, at in stands.items():
        done = committed.get(source, 0)
        if at > done:
            raise RotationError(
                f"Profiles: expected {source} to be committed up to {at}, got {done}: start a "
                "worker, let it take that batch, stop it in good order, and rotate then"
            )
