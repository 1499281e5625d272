"""What all that share a profile store must agree on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import Final

import numpy as np

from scorers.profiles.layout import DAY, LAYOUT_VERSION, MOST_PERIOD_DAYS, WINDOW_MINUTES

_HOUR: Final = 60
_MOST_SHARDS: Final = 1024
_LEAST_SECRET_BYTES: Final = 8


@dataclass(frozen=True)
class ProfileConfiguration:
    """Fixed for the life of a store; another value needs an empty one.

    `secret` keys the hashes of whatever identifies somebody, after the `former` ones, the oldest
    first. An entity is forgotten after one to two times `days` without a parcel, an order after
    one to two times `order_days`; time is that of events, which are taken to be at most
    `ahead_hours` later than their log says. One shard is cheapest on a single server; a cluster
    needs several for each node.

    >>> ProfileConfiguration(b"a secret", shards=3).text
    'layout 2, shards 3, days 60, order days 30, secret 26b24449'
    """

    secret: bytes = field(repr=False)
    shards: int = 1
    days: int = MOST_PERIOD_DAYS
    order_days: int = 30
    ahead_hours: int = 24
    namespace: str = "greenlane:profiles"
    former: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        for secret in (self.secret, *self.former):
            got = len(secret)
            if got >= _LEAST_SECRET_BYTES:
                continue
            raise ValueError(f"secret: expected at least {_LEAST_SECRET_BYTES} bytes, got {got}")
        for name, most in (("shards", _MOST_SHARDS), ("days", MOST_PERIOD_DAYS)):
            value = getattr(self, name)
            if not 1 <= value <= most:
                raise ValueError(f"{name}: expected 1 to {most}, got {value}")
        for name in ("order_days", "ahead_hours"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: expected at least 1, got {getattr(self, name)}")

    @cached_property
    def text(self) -> str:
        """What is noted in the store; of the secrets, a hash."""
        keys = [key(secret, b"store") for secret in (*self.former, self.secret)]
        secret = blake2b(b"".join(keys), digest_size=4).hexdigest()
        periods = f"days {self.days}, order days {self.order_days}"
        return f"layout {LAYOUT_VERSION}, shards {self.shards}, {periods}, secret {secret}"

    def before_rotation(self) -> ProfileConfiguration:
        """Return the configuration before the secret was changed the last time."""
        *former, secret = self.former
        return replace(self, secret=secret, former=tuple(former))

    @property
    def period(self) -> int:
        """Minutes of a generation of profiles."""
        return self.days * DAY

    @property
    def order_period(self) -> int:
        """Minutes of a generation of orders."""
        return self.order_days * DAY

    @property
    def ahead(self) -> int:
        """Minutes that an event may be ahead of its log."""
        return self.ahead_hours * _HOUR

    @cached_property
    def fade(self) -> tuple[float, ...]:
        """What is left of a sum after a period, by window."""
        return tuple(np.exp(-self.period / WINDOW_MINUTES).tolist())

    @cached_property
    def shard_keys(self) -> tuple[str, ...]:
        """Beginnings of the keys, with the hash tag that keeps a shard's keys together."""
        return tuple(f"{{{self.namespace}:{shard}}}" for shard in range(self.shards))


def key(secret: bytes, purpose: bytes) -> bytes:
    """Return a key of 16 bytes for one purpose (keyed BLAKE2b, RFC 7693)."""
    keyed = secret if len(secret) <= blake2b.MAX_KEY_SIZE else blake2b(secret).digest()
    return blake2b(purpose, key=keyed, digest_size=16).digest()
