"""Keyed hashes of whom and what a parcel names: nothing that can be read reaches the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Final

import numpy as np
from siphashc import siphash

from scorers.features.batch import Floats, Integers
from scorers.features.declared import DeclaredTable
from scorers.features.hashing import Hashes
from scorers.profiles.configuration import key
from scorers.profiles.layout import KINDS
from scorers.profiles.normalising import normalised
from scorers.profiles.units import ITEM_SIZE, Flags, Parcels, Texts

_HS6: Final = 6
_MOST_KEYS: Final = 10_000


class Identities:
    """Hashes texts by SipHash-2-4 with a key for each kind, made from a secret.

    Who does not know the secret cannot tell an address from its hash by trying addresses, nor
    that a hash of one kind and a hash of another are of one text. An empty text has hash 0.
    Source: Aumasson and Bernstein, SipHash: a fast short-input PRF, INDOCRYPT 2012.

    >>> hashes = Identities(b"a secret").hashes("consignee", ["c-1", "", "c-1"])
    >>> bool(hashes[0] == hashes[2] != 0), int(hashes[1])
    (True, 0)
    """

    def __init__(self, secret: bytes) -> None:
        self._keys = _Keys(secret)

    def hashes(self, kind: str, texts: Sequence[str] | Sequence[bytes]) -> Hashes:
        """Return the hash of each text as an identity of `kind`, such as "consignee"."""
        return _hashed(repeat(self._keys[kind, ""]), texts)

    def scoped(self, kind: str, scopes: Sequence[str], names: Sequence[str]) -> Hashes:
        """Return hashes of names that are unique only within their scope, such as a platform."""
        keys = {scope: self._keys[kind, scope] for scope in set(scopes)}
        return _hashed([keys[scope] for scope in scopes], names)

    def orders(self, platforms: Sequence[str], orders: Sequence[str]) -> Hashes:
        """Return hashes of orders, as manifests and orders name them."""
        return self.scoped("order", platforms, orders)

    def sellers(self, platforms: Sequence[str], sellers: Sequence[str]) -> Hashes:
        """Return hashes of sellers, whose ids are their platform's."""
        return self.scoped("seller", platforms, sellers)

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
        return Parcels(
            offsets=offsets,
            submitted=table.numbers("submitted_at").astype(np.int64),
            logged=logged,
            ids=self._ids(table),
            names=self.hashes("name", normalised(table.column("consignee.name"))),
            orders=self.orders(table.column("platform_id"), table.column("order_id")),
            items=_items(table.column("item_id")),
            value=values,
            weight=weights,
            unit_value=table.numbers("main.value") * euro / table.numbers("main.quantity"),
            value_per_kg=values / weights,
            near=near,
        )

    def _ids(self, table: DeclaredTable) -> Hashes:
        """Return the hashes of each parcel's entities, in the order of `KINDS`."""
        subheadings = [code[:_HS6] for code in table.column("main.hs_code")]
        hashes = {
            "consignee": self.hashes("consignee", table.column("consignee.id")),
            "shipper": self.hashes("shipper", table.column("consignor.id")),
            "seller": self.sellers(table.column("platform_id"), table.column("seller_id")),
            "address": self.hashes("address", _addresses(table)),
            "ioss": self.hashes("ioss", table.column("ioss")),
            "lane": self.scoped("lane", table.column("main.origin"), subheadings),
        }
        return np.stack([hashes[kind] for kind in KINDS])


class _Keys(dict[tuple[str, str], bytes]):
    """Keys by kind and scope; forgotten when there are too many scopes, and made anew."""

    def __init__(self, secret: bytes) -> None:
        super().__init__()
        self._secret = secret

    def __missing__(self, name: tuple[str, str]) -> bytes:
        if len(self) >= _MOST_KEYS:
            self.clear()
        made = self[name] = key(self._secret, "\0".join(name))
        return made


def _hashed(keys: Iterable[bytes], texts: Sequence[str] | Sequence[bytes]) -> Hashes:
    try:
        found = np.fromiter(map(siphash, keys, texts), np.uint64, len(texts))
    except UnicodeEncodeError:
        # A lone surrogate, which JSON cannot bring but a program can.
        safe = [text.encode("utf-8", "surrogatepass") for text in texts if isinstance(text, str)]
        return _hashed(keys, safe)
    if "" in texts or b"" in texts:
        found[[not text for text in texts]] = 0
    return found


def _addresses(table: DeclaredTable) -> list[bytes]:
    """Return normalised addresses: country, postcode (else city) and street of delivery.

    A city is spelled in many ways; where there is a postcode it adds nothing.
    """
    fields = ("country", "postcode", "city", "street")
    columns = [table.column(f"consignee.{field}") for field in fields]
    texts = [
        f"{country}{postcode or city}{street}" if street else ""
        for country, postcode, city, street in zip(*columns, strict=True)
    ]
    for row, party in enumerate(table.column("deliver_to")):
        if party is not None and party.street:
            texts[row] = f"{party.country}{party.postcode or party.city}{party.street}"
    return normalised(texts)


def _items(ids: Sequence[str]) -> Texts:
    try:
        return np.array(ids, dtype=f"S{ITEM_SIZE}")
    except UnicodeEncodeError:
        return np.array([text.encode("ascii", "replace") for text in ids], dtype=f"S{ITEM_SIZE}")
