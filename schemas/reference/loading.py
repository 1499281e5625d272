"""All reference data from its files, checked as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from schemas.reference.checks import Entry, problems_of
from schemas.reference.conflicts import duty_problems, regime_problems, vat_problems
from schemas.reference.errors import Problems, ReferenceDataError
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
    with all that is wrong: a file that cannot be read, breaks its schema, contradicts another or
    is none of `FILES`.

    >>> reference = load_reference()
    >>> [row.code for row in reference.in_force if row.destination == "AU"]
    ['AU-DUTY-1000', 'AU-GST']
    """
    files = _found(folder)
    problems = Problems()
    territories = _read(files[TERRITORIES], Territory, problems)
    regimes = _read(files[REGIMES], Regime, problems)
    vat_rates = _read(files[VAT_RATES], VatRate, problems)
    duty_rates = _read(files[DUTY_RATES], DutyRate, problems)
    exchange_rates = _exchange_rates(files[EXCHANGE_RATES], problems)
    if not problems:
        # Only rows that are right by themselves can be compared with others.
        _note_unknown(regimes, switched_on, problems)
        on = [entry for entry in regimes if _on(entry.record, switched_on)]
        known = _records(territories)
        for found in (
            regime_problems(REGIMES, regimes, on, known),
            vat_problems(VAT_RATES, vat_rates, known),
            duty_problems(DUTY_RATES, duty_rates),
        ):
            for problem in found:
                problems.add(problem)
    problems.raise_any()
    return Reference(
        _records(territories),
        _records(regimes),
        _records(vat_rates),
        _records(duty_rates),
        exchange_rates,
        frozenset(switched_on),
        _version(files.values(), switched_on),
    )


def _read(path: Path, record: type[EntryType], problems: Problems) -> list[Read[EntryType]]:
    """Return the records of a file; note all that is wrong with any of them."""
    try:
        if path.suffix == ".toml":
            entries = read_tables(path, record, "charge", problems)
        else:
            entries = read_rows(path, record, problems)
    except ReferenceDataError as error:
        problems.add(error)
        return []
    for line, entry in entries:
        for problem in problems_of(entry):
            problems.refuse(path.name, line, problem)
    return entries


def _exchange_rates(path: Path, problems: Problems) -> ExchangeRates:
    try:
        return read_exchange_rates(path)
    except ReferenceDataError as error:
        problems.add(error)
        return ExchangeRates({})


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
    problems = Problems()
    for path in sorted(folder.iterdir()):
        if path.suffix in (".csv", ".toml") and path.name not in FILES:
            problems.refuse(path.name, 0, f"expected one of {', '.join(FILES)}, got another file")
    problems.raise_any()
    return {name: folder / name if (folder / name).exists() else _PACKAGED / name for name in FILES}


def _note_unknown(
    regimes: Iterable[Read[Regime]], switched_on: Collection[str], problems: Problems
) -> None:
    off = {entry.record.code for entry in regimes if entry.record.status == "unconfirmed"}
    for code in switched_on:
        if code not in off:
            problem = f"expected codes of unconfirmed rows to switch on, got {code!r}"
            problems.refuse(REGIMES, 0, problem)


def _version(paths: Iterable[Path], switched_on: Collection[str]) -> str:
    content = [*map(text_of, paths), *sorted(switched_on)]
    digest = hashlib.sha256("\0".join(content).encode()).hexdigest()
    return f"reference-{digest[:_VERSION_DIGITS]}"
