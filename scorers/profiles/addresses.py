"""Where parcels go and to whom, in one spelling."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from scorers.features.declared import DeclaredTable
from scorers.features.texts import Texts, together
from scorers.profiles.normalising import Column, normalised_texts

_FIELDS: Final = ("country", "postcode", "city", "street")
_POSTCODE, _CITY, _STREET = (_FIELDS.index(name) for name in ("postcode", "city", "street"))
_OWN, _OTHER = ([f"{party}.{field}" for field in _FIELDS] for party in ("consignee", "deliver_to"))
_NAME: Final = "consignee.name"


class Destinations(NamedTuple):
    """Of each parcel the normalised address of delivery, and the consignee's name.

    An address is country, postcode (else city) and street. A city is spelled in many ways; where
    there is a postcode it adds nothing. Without a street it is no address.
    """

    addresses: Texts
    names: Texts


def destinations(table: DeclaredTable) -> Destinations:
    """Return where the parcels of a batch go, and to whom."""
    elsewhere = table.texts(_OTHER[_STREET]).sizes > 0
    sources = [_NAME, *_OWN, *(_OTHER if elsewhere.any() else ())]
    columns = [table.texts(source) for source in sources]
    data, starts = together(columns)
    name, *fields = zip(starts, (texts.sizes for texts in columns), strict=True)
    addressed = np.array(fields[: len(_OWN)])
    if len(fields) > len(_OWN):
        addressed = np.where(elsewhere, np.array(fields[len(_OWN) :]), addressed)
    sizes = addressed[:, 1]
    sizes[_CITY, sizes[_POSTCODE] > 0] = 0
    sizes[:, sizes[_STREET] == 0] = 0
    # A name is one piece; the others are empty.
    count = len(table)
    pieces = np.zeros((2, 2 * count, len(_FIELDS)), dtype=np.int64)
    pieces[:, :count], pieces[:, count:, 0] = addressed.transpose(1, 2, 0), name
    texts = normalised_texts(Column(data, *pieces))
    return Destinations(texts.part(slice(count)), texts.part(slice(count, None)))
