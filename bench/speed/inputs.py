"""The input of the benches: simulated manifests and their orders, made once and kept in a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from schemas.codec import encode
from streams.simulator.platforms import PlatformSimulator

FOLDER: Final = Path(__file__).parents[2] / "build" / "bench"
_START: Final = datetime(2026, 11, 1, tzinfo=UTC)
_SEED: Final = 1


class Recording:
    """Files of manifests and of the orders that go with most of them, a record a line."""

    def __init__(self, count: int, folder: Path = FOLDER) -> None:
        self.count = count
        self.manifests = folder / f"manifests-{count}.ndjson"
        self.orders = folder / f"orders-{count}.ndjson"

    def make(self) -> None:
        """Write the files unless they are there; about 40 seconds for a million."""
        if self.manifests.exists() and self.orders.exists():
            return
        self.manifests.parent.mkdir(parents=True, exist_ok=True)
        partial = [path.with_suffix(".partial") for path in (self.manifests, self.orders)]
        simulator = PlatformSimulator(seed=_SEED, start=_START)
        with partial[0].open("wb") as manifests, partial[1].open("wb") as orders:
            for _ in range(self.count):
                parcel = simulator.next()
                manifests.write(encode(parcel.manifest) + b"\n")
                if parcel.order is not None:
                    orders.write(encode(parcel.order) + b"\n")
        partial[0].replace(self.manifests)
        partial[1].replace(self.orders)

    def mean_bytes(self) -> float:
        """Return the mean size of a manifest."""
        return self.manifests.stat().st_size / self.count - 1


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the records of a file of the recording."""
    with path.open("rb") as lines:
        for line in lines:
            yield line.rstrip(b"\n")
