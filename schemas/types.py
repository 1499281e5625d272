"""Field types shared by the records, each with its unit, bound and standard.

A bound here is a *structural* one: a record that breaks it cannot be screened and is rejected.
Whether a code exists (a country, a currency, a heading) is a question of data quality instead and
is answered by `scorers.quality`, as a signal.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from msgspec import Meta

SchemaVersion = Annotated[int, Meta(ge=1, description="Version of this record's schema.")]

Identifier = Annotated[str, Meta(min_length=1, max_length=64)]
OptionalIdentifier = Annotated[str, Meta(max_length=64)]
ShortText = Annotated[str, Meta(max_length=256)]
Description = Annotated[
    str, Meta(max_length=512, description="Goods description as declared; may be empty.")
]

CountryCode = Annotated[
    str, Meta(min_length=2, max_length=2, description="ISO 3166-1 alpha-2 code, upper case.")
]
OptionalCountryCode = Annotated[
    str, Meta(max_length=2, description="ISO 3166-1 alpha-2 code, or empty.")
]
CurrencyCode = Annotated[
    str, Meta(min_length=3, max_length=3, description="ISO 4217 code, upper case.")
]
HsCode = Annotated[
    str,
    Meta(max_length=12, description="Harmonized System code, 6 digits, or up to 10 national ones."),
]

MAX_MEASURE: Final = 1e15
"""Far above any parcel (in every currency), and so low that no sum leaves the floats."""

MAX_QUANTITY: Final = 10_000_000
"""Units in one line of a declaration; JSON's integers have no bound of their own."""

Amount = Annotated[
    float, Meta(ge=0, le=MAX_MEASURE, description="Money, in the record's currency.")
]
Kilograms = Annotated[float, Meta(ge=0, le=MAX_MEASURE, description="Mass in kilograms.")]
GrossKilograms = Annotated[
    float, Meta(gt=0, le=MAX_MEASURE, description="Gross mass in kilograms.")
]
Quantity = Annotated[int, Meta(ge=1, le=MAX_QUANTITY, description="Number of units.")]
Probability = Annotated[float, Meta(ge=0, le=1)]

Instant = Annotated[
    datetime, Meta(tz=True, description="RFC 3339 instant with an offset, e.g. UTC `Z`.")
]

Attributes = Annotated[
    dict[Annotated[str, Meta(max_length=64)], ShortText],
    Meta(max_length=64, description="Further codes that a customs office adds, as strings."),
]

IdScheme = Literal["s10", "hawb"]
Channel = Literal["post", "express", "other"]
TransactionNature = Literal["sale", "return", "gift", "sample", "documents", "other"]
PartyKind = Literal["person", "business"]
Incoterm = Literal["", "DDP", "DAP"]
Action = Literal["hold", "clear"]
Arm = Literal["risk", "exploration", "uncertainty", "mandatory", "release"]
ReasonSource = Literal["model", "rule", "list", "quality", "policy"]
Control = Literal["documents", "x-ray", "physical", "sample-test"]
InspectionResult = Literal["violation", "compliant"]
