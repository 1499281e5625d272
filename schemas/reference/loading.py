"""All reference data from its files, checked as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from schemas.reference.checks import Entry, problems_of
from schemas.reference.conflicts import check_duty_rates, check_regimes, check_vat_rates
from schemas.reference.errors import ReferenceDataError
from schemas.reference.exchange import ExchangeRates, read_exchange_rates
from schemas.reference.reading import Read, read_rows, read_tables, text_of
from schemas.reference.records import DutyRate, Regime, Territory, VatRate

TERRITORIES: Final = "territories.csv"
REGIMES: Final = "regimes.toml"
VAT_RATES: Final = "vat_rates.csv"
DUTY_RATES: Final = "duty_rates.csv"
EXCHANGE_RATES: Final = "exchange_rates.csv"
FILES: Final = (TERRITORIES, REGIMES, VAT_RATES, DUTY_RATES, EXCHANGE_RATES)

_PACKAGED: Final = Path(__file__).parent / "data"
_VERSION_DIGITS: Final = 8

EntryType = TypeVar("EntryType", bound=Entry)


@dataclass(frozen=True)
class Reference:
    """Reference data that fits together. `version` names the content of all files.

    `regimes` are all rows; those `in_force` are confirmed, or were switched on by their code.
    """

    territories: Sequence[Territory]
    regimes: Sequence[Regime]
    vat_rates: Sequence[VatRate]
    duty_rates: Sequence[DutyRate]
    exchange_rates: ExchangeRates
    switched_on: frozenset[str]
    version: str

    @property
    def in_force(self) -> tuple[Regime, ...]:
        """The rows to assess by, each within its dates."""
        return tuple(row for row in self.regimes if _on(row, self.switched_on))


def load_reference(folder: Path | None = None, switched_on: Collection[str] = ()) -> Reference:
    """Return the reference data in `folder`; a file that it lacks is the packaged one.

    `switched_on` are codes of unconfirmed regimes to use all the same. Raise `ReferenceDataError`
    for a file that cannot be read, breaks its schema, contradicts another or is none of `FILES`.

    >>> reference = load_reference()
    >>> [row.code for row in reference.in_force if row.destination == "AU"]
    ['AU-DUTY-1000', 'AU-GST']
    """
    files = _found(folder)
    territories = _checked(files[TERRITORIES], read_rows(files[TERRITORIES], Territory))
    regimes = _checked(files[REGIMES], read_tables(files[REGIMES], Regime, "charge"))
    vat_rates = _checked(files[VAT_RATES], read_rows(files[VAT_RATES], VatRate))
    duty_rates = _checked(files[DUTY_RATES], read_rows(files[DUTY_RATES], DutyRate))
    known = _records(territories)
    _refuse_unknown(files[REGIMES], regimes, switched_on)
    on = [entry for entry in regimes if _on(entry.record, switched_on)]
    check_regimes(REGIMES, regimes, on, known)
    check_vat_rates(VAT_RATES, vat_rates, known)
    check_duty_rates(DUTY_RATES, duty_rates)
    return Reference(
        known,
        _records(regimes),
        _records(vat_rates),
        _records(duty_rates),
        read_exchange_rates(files[EXCHANGE_RATES]),
        frozenset(switched_on),
        _version(files.values(), switched_on),
    )


def _on(regime: Regime, switched_on: Collection[str]) -> bool:
    return regime.status == "confirmed" or regime.code in switched_on


def _records(entries: Iterable[Read[EntryType]]) -> tuple[EntryType, ...]:
    return tuple(entry.record for entry in entries)


def _found(folder: Path | None) -> dict[str, Path]:
    """Return where each file is; refuse names that would be passed over, such as misspelt ones."""
    if folder is None:
        return {name: _PACKAGED / name for name in FILES}
    if not folder.is_dir():
        raise ReferenceDataError(str(folder), 0, "expected a folder, got none")
    for path in sorted(folder.iterdir()):
        if path.suffix in (".csv", ".toml") and path.name not in FILES:
            problem = f"expected one of {', '.join(FILES)}, got another file"
            raise ReferenceDataError(path.name, 0, problem)
    return {name: folder / name if (folder / name).exists() else _PACKAGED / name for name in FILES}


def _checked(path: Path, entries: list[Read[EntryType]]) -> list[Read[EntryType]]:
    for line, record in entries:
        for problem in problems_of(record):
            raise ReferenceDataError(path.name, line, problem)
    return entries


def _refuse_unknown(
    path: Path, regimes: Iterable[Read[Regime]], switched_on: Collection[str]
) -> None:
    off = {entry.record.code for entry in regimes if entry.record.status == "unconfirmed"}
    for code in switched_on:
        if code not in off:
            problem = f"expected codes of unconfirmed rows to switch on, got {code!r}"
            raise ReferenceDataError(path.name, 0, problem)


def _version(paths: Iterable[Path], switched_on: Collection[str]) -> str:
    content = [*map(text_of, paths), *sorted(switched_on)]
    digest = hashlib.sha256("\0".join(content).encode()).hexdigest()
    return f"reference-{digest[:_VERSION_DIGITS]}"
