"""Where parcels go and to whom, in one spelling."""

from __future__ import annotations

from typing import Final

import numpy as np

from scorers.features.declared import DeclaredTable
from scorers.features.texts import Texts
from scorers.profiles.normalising import Column, normalised_texts
from scorers.profiles.text_columns import together

_FIELDS: Final = ("country", "postcode", "city", "street")
_POSTCODE, _CITY, _STREET = (_FIELDS.index(name) for name in ("postcode", "city", "street"))


def addresses(table: DeclaredTable) -> Texts:
    """Return normalised addresses: country, postcode (else city) and street of delivery.

    A city is spelled in many ways; where there is a postcode it adds nothing. Without a street it
    is no address.
    """
    starts, sizes, data = _places(table)
    sizes[_CITY, sizes[_POSTCODE] > 0] = 0
    sizes[:, sizes[_STREET] == 0] = 0
    return normalised_texts(Column(data, starts.T.copy(), sizes.T.copy()))


def receivers(table: DeclaredTable) -> Texts:
    """Return the normalised names of consignees."""
    names = table.texts("consignee.name")
    return normalised_texts(Column(names.data, names.starts[:, None], names.sizes[:, None]))


def _places(table: DeclaredTable) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where each parcel's fields start, their sizes, and the bytes they stand in."""
    elsewhere = table.texts("deliver_to.street").sizes > 0
    parties = ("consignee", "deliver_to") if elsewhere.any() else ("consignee",)
    columns = [table.texts(f"{party}.{field}") for party in parties for field in _FIELDS]
    data, firsts = together(columns)
    starts, sizes = np.stack(firsts), np.stack([column.sizes for column in columns])
    if len(parties) == 1:
        return starts, sizes, data
    own, other = slice(0, len(_FIELDS)), slice(len(_FIELDS), None)
    return (
        np.where(elsewhere, starts[other], starts[own]),
        np.where(elsewhere, sizes[other], sizes[own]),
        data,
    )
