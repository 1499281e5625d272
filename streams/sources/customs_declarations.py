"""The Korean customs import declarations (arXiv 2208.02484) as manifests with outcomes.

Each declaration is one consignment with one line of goods. Amounts are in KRW and masses in kg;
importer and seller are the consignee and the consignor; what a parcel has no field for travels in
`attributes`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from schemas import manifest
from schemas.codec import decode_manifest, encode
from schemas.manifest import Item, Manifest, Party
from streams.sources.files import SourceError, read_rows
from streams.sources.records import AdaptedRecord

_LEAST_MASS_KG: Final = 0.001
"""A gross mass is above zero in every manifest; some declarations state none."""

_VERDICTS: Final = {"0": False, "1": True}

_ATTRIBUTES: Final = {
    "process_type": "Process Type",
    "import_type": "Import Type",
    "import_use": "Import Use",
    "payment_type": "Payment Type",
    "transport_mode": "Mode of Transport",
    "tax_rate": "Tax Rate",
    "tax_type": "Tax Type",
    "origin_mark": "Country of Origin Indicator",
}


def read_declarations(path: Path) -> Iterator[AdaptedRecord]:
    """Yield the declarations in `path`; raise `SourceError` for a column or value that is off."""
    for number, row in read_rows(path):
        try:
            yield _record(row)
        except KeyError as error:
            raise SourceError(f"{path}: expected the column {error}, got none") from None
        except ValueError as error:
            raise SourceError(f"{path}:{number}: {error}") from None


def _record(row: dict[str, str]) -> AdaptedRecord:
    declared = datetime.strptime(row["Date"], "%Y-%m-%d").replace(tzinfo=UTC)
    if row["Fraud"] not in _VERDICTS:
        raise ValueError(f"expected Fraud 0 or 1, got {row['Fraud']!r}")
    # Decoded again, so that a value off the manifest's contract is told with its line.
    parcel = decode_manifest(encode(_manifest(row, declared)))
    return AdaptedRecord(parcel, declared.date(), _VERDICTS[row["Fraud"]])


def _manifest(row: dict[str, str], declared: datetime) -> Manifest:
    mass, price = float(row["Net Mass"]), float(row["Item Price"])
    declaration = row["Declaration ID"]
    return Manifest(
        schema_version=manifest.SCHEMA_VERSION,
        manifest_id=declaration,
        item_id=declaration,
        id_scheme="hawb",
        submitted_at=declared,
        posted_at=declared,
        platform_id="customs-declarations",
        channel="other",
        operator_id=row["Courier ID"] or "none",
        origin_post_country=row["Country of Departure"],
        destination_country="KR",
        transaction_nature="sale",
        consignor=Party(row["Seller ID"] or "unknown", country="", kind="business"),
        consignee=Party(row["Importer ID"] or "unknown", country="KR", kind="business"),
        gross_weight_kg=max(mass, _LEAST_MASS_KG),
        total_value=price,
        currency="KRW",
        items=(Item("", row["HS6 Code"].zfill(6), 1, price, mass, row["Country of Origin"]),),
        seller_id=row["Seller ID"],
        office_of_entry=row["Office ID"],
        declarant_id=row["Declarant ID"],
        attributes={name: row[column] for name, column in _ATTRIBUTES.items()},
    )
