"""Entities as people name them on the command line, and their keys in the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from scorers.profiles import KINDS, Identities, ProfileError
from scorers.profiles.normalising import normalised

_BETWEEN: Final = "|"
_HS6: Final = 6

FORMS: Final = {
    "consignee": "the consignee's id",
    "shipper": "the consignor's id",
    "seller": "platform|seller",
    "address": "country|postcode|street, or country|city|street where there is no postcode",
    "ioss": "the IOSS number",
    "lane": "HS subheading and origin, such as '610910 CN'",
}
"""How an entity of each kind is named."""


class EntityNameError(ProfileError):
    """An entity is not named as its kind demands."""


def key_of(identities: Identities, kind: str, name: str) -> int:
    """Return the key under which the store keeps an entity, as its manifests make it.

    Raises EntityNameError.

    >>> key_of(Identities(b"a secret"), "lane", "shirts")
    Traceback (most recent call last):
        ...
    streams.profiles.naming.EntityNameError: lane: expected HS subheading and origin, such as \
'610910 CN'; got 'shirts'
    """
    if kind not in KINDS:
        raise EntityNameError(f"KIND: expected one of {', '.join(KINDS)}; got {kind!r}")
    texts = _texts(kind, name)
    if kind == "lane":
        return int(identities.scoped(kind, texts[1:] or [""], texts[:1])[0])
    if kind == "seller":
        return int(identities.scoped(kind, texts[:1], texts[1:])[0])
    joined = "".join(texts)
    spelled = normalised(joined).decode() if kind == "address" else joined
    return int(identities.hashes(kind, [spelled])[0])


def _texts(kind: str, name: str) -> list[str]:
    """Return the parts of a name."""
    texts = _split(kind, name)
    if not _SOUND.get(kind, all)(texts):
        raise EntityNameError(f"{kind}: expected {FORMS[kind]}; got {name!r}")
    return texts


def _split(kind: str, name: str) -> list[str]:
    if kind == "lane":
        code, *origin = name.split() or [""]
        return [code[:_HS6], *origin]
    return name.split(_BETWEEN) if kind in ("seller", "address") else [name]


_SOUND: Final[dict[str, Callable[[list[str]], bool]]] = {
    "seller": lambda texts: len(texts) == 2 and all(texts),
    "address": lambda texts: len(texts) == 3 and bool(texts[0] and texts[2]),
    # The origin of goods may be unknown.
    "lane": lambda texts: len(texts) in (1, 2) and texts[0].isdigit(),
}
"""For each kind of several parts, whether they are what they should be."""
