"""What can go wrong with the profile store. Callers branch on the type; the text is one line."""

from __future__ import annotations

from schemas.errors import UserError


class ProfileError(UserError, RuntimeError):
    """Profiles cannot be read or updated."""


class StoreUnreachableError(ProfileError):
    """The store does not answer, is loading or is failing over: resume and try again."""


class StoreFullError(ProfileError):
    """The store has no memory left: nothing was changed."""


class StoreRefusedError(ProfileError):
    """The store does not let us in, or not do this: user, password or permission."""


class StoreReadOnlyError(ProfileError):
    """The server is a replica, which takes no updates."""


class StoreBrokenError(ProfileError):
    """The store answered with what we do not expect: a fault of ours or a foreign server."""


class StoreLostError(ProfileError):
    """The store has forgotten where a source stood: it was emptied or replaced."""


class ConfigurationMismatchError(ProfileError):
    """The store was filled with another layout, secret, number of shards or period."""


class SessionError(ProfileError):
    """Another session has claimed the source: its partition has moved to another worker."""


class PositionError(ProfileError):
    """A unit does not start or end where it must.

    `expected` is the position where it must start (or end, when it was cut differently before).
    """

    def __init__(self, text: str, expected: int) -> None:
        super().__init__(text)
        self.expected = expected
