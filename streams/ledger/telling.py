"""What a comparison of the ledger found, as metrics in a file: a job that ends has no port."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from prometheus_client import REGISTRY, write_to_textfile

from streams import metrics
from streams.clock import UtcClock, utc_now

Against = Literal["decisions", "return"]

_NAMES: Final = ("greenlane_ledger_mismatches", "greenlane_ledger_compared_timestamp_seconds")


def tell(file: Path, against: Against, mismatches: int, now: UtcClock = utc_now) -> None:
    """Write how many lines differ, and when that was found, for a textfile collector to read.

    The file is replaced as a whole. Its name must end in `.prom` for node exporter to see it.
    """
    metrics.LEDGER_MISMATCHES.labels(against).set(mismatches)
    metrics.LEDGER_COMPARED.labels(against).set(now().timestamp())
    write_to_textfile(str(file), REGISTRY.restricted_registry(_NAMES))
