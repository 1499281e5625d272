"""Keyed hashes of whom and what a parcel names: nothing that can be read reaches the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from scorers.features.batch import Floats, Integers
from scorers.features.declared import DeclaredTable
from scorers.features.hashing import Hashes
from scorers.features.texts import Texts, texts_of
from scorers.profiles.addresses import destinations
from scorers.profiles.configuration import key
from scorers.profiles.layout import KINDS
from scorers.profiles.rekeying import Layers
from scorers.profiles.siphash import keyed_hashes, words_of
from scorers.profiles.text_columns import first_letters, fixed_width, numbered
from scorers.profiles.units import ITEM_SIZE, Flags, Parcels

_HS6: Final = 6
_MOST_KEYS: Final = 10_000

_NAME, _ORDER = len(KINDS), len(KINDS) + 1

Scopes = tuple[list[bytes], Integers]
"""Distinct scopes, and the number of each row's."""

_Named = tuple[bytes, Scopes, Texts]
"""A kind, and of each row scope and name."""


class Identities:
    """Hashes texts by SipHash-2-4 with a key for each kind, made from a secret.

    Who does not know the secret cannot tell an address from its hash by trying addresses, nor
    that a hash of one kind and a hash of another are of one text. An empty text has hash 0.
    Source: Aumasson and Bernstein, SipHash: a fast short-input PRF, INDOCRYPT 2012.

    >>> hashes = Identities(b"a secret").hashes("consignee", ["c-1", "", "c-1"])
    >>> bool(hashes[0] == hashes[2] != 0), int(hashes[1])
    (True, 0)
    """

    def __init__(self, secret: bytes, former: Sequence[bytes] = ()) -> None:
        """`former` are the secrets before this one, the oldest first (`rekeying.py`)."""
        first, *later = (*former, secret)
        self._keys = _Keys(first)
        self._layers = Layers(later)

    @property
    def rotations(self) -> int:
        """How often the secret was changed."""
        return len(self._layers)

    def renewed(self, hashes: Hashes, rotations: int) -> Hashes:
        """Return hashes made when the secret had been changed so often as they are made now."""
        return self._layers.over(hashes, rotations)

    def hashes(self, kind: str, texts: Sequence[str]) -> Hashes:
        """Return the hash of each text as an identity of `kind`, such as "consignee"."""
        return self._scoped(kind, _alone(len(texts)), texts_of(texts))

    def scoped(self, kind: str, scopes: Sequence[str], names: Sequence[str]) -> Hashes:
        """Return hashes of names that are unique only within their scope, such as a platform."""
        return self._scoped(kind, numbered(texts_of(scopes)), texts_of(names))

    def orders(self, platforms: Texts, orders: Texts) -> Hashes:
        """Return hashes of orders, as manifests and orders name them."""
        return self._scoped("order", numbered(platforms), orders)

    def sellers(self, platforms: Texts, sellers: Texts) -> Hashes:
        """Return hashes of sellers, whose ids are their platform's."""
        return self._scoped("seller", numbered(platforms), sellers)

    def parcels(
        self,
        table: DeclaredTable,
        offsets: Integers,
        logged: Integers,
        euro: Floats,
        near: Flags,
    ) -> Parcels:
        """Return what the profile store needs of a batch of manifests from one partition.

        `offsets` and `logged` (Unix seconds) are the records' in their log. `euro` is what one unit
        of each parcel's currency is worth, NaN if unknown.
        """
        weights = table.numbers("gross_weight_kg")
        values = table.numbers("total_value") * euro
        hashes = self._hashed(_named(table))
        return Parcels(
            offsets=offsets,
            submitted=table.numbers("submitted_at").astype(np.int64),
            logged=logged,
            ids=hashes[: len(KINDS)],
            names=hashes[_NAME],
            orders=hashes[_ORDER],
            items=fixed_width(table.texts("item_id"), ITEM_SIZE),
            value=values,
            weight=weights,
            unit_value=table.numbers("main.value") * euro / table.numbers("main.quantity"),
            value_per_kg=values / weights,
            near=near,
        )

    def _scoped(self, kind: str, scopes: Scopes, names: Texts) -> Hashes:
        hashes: Hashes = self._hashed([(kind.encode(), scopes, names)])[0]
        return hashes

    def _hashed(self, columns: Sequence[_Named]) -> Hashes:
        """Return hashes of columns of one length, a row for each."""
        keys: list[bytes] = []
        numbers = []
        for kind, (scopes, of_rows), _ in columns:
            numbers.append(of_rows + len(keys))
            keys += [self._keys[kind, scope] for scope in scopes]
        texts = [names for _, _, names in columns]
        return self._layers.over(keyed_hashes(texts, words_of(keys), np.array(numbers)))


def _named(table: DeclaredTable) -> list[_Named]:
    """Return what identifies each parcel's entities, in the order of `KINDS`, and then its
    consignee's name and its order."""
    alone, platforms = _alone(len(table)), numbered(table.texts("platform_id"))
    origins, there = numbered(table.texts("main.origin")), destinations(table)
    return [
        (b"consignee", alone, table.texts("consignee.id")),
        (b"shipper", alone, table.texts("consignor.id")),
        (b"seller", platforms, table.texts("seller_id")),
        (b"address", alone, there.addresses),
        (b"ioss", alone, table.texts("ioss")),
        (b"lane", origins, first_letters(table.texts("main.hs_code"), _HS6)),
        (b"name", alone, there.names),
        (b"order", platforms, table.texts("order_id")),
    ]


def _alone(count: int) -> Scopes:
    """Return the scope of names that need none."""
    return [b""], np.zeros(count, dtype=np.int64)


class _Keys(dict[tuple[bytes, bytes], bytes]):
    """Keys by kind and scope; forgotten when there are too many scopes, and made anew."""

    def __init__(self, secret: bytes) -> None:
        super().__init__()
        self._secret = secret

    def __missing__(self, name: tuple[bytes, bytes]) -> bytes:
        if len(self) >= _MOST_KEYS:
            self.clear()
        made = self[name] = key(self._secret, b"\0".join(name))
        return made
