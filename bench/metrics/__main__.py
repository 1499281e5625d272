"""What metrics cost a worker at 40,000 parcels a second: `python -m bench.metrics`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import numpy as np
from prometheus_client import generate_latest

from scorers.stakes import Stakes
from streams import metrics
from streams.tallying import BatchTally

RATE = 40_000
BATCH = 2_000
SCRAPE_SECONDS = 5.0
OFFICES = 300
_TIMES = 100


def tally() -> BatchTally:
    """Return a batch with 3 % held, at as many offices as may be."""
    held = Counter(
        {("risk", f"office-{number}"): 1 for number in range(BATCH * 3 // 100)},
    )
    decided = Counter({("hold", "risk"): 60, ("clear", "release"): BATCH - 60})
    chances = np.random.default_rng(1).random(BATCH)
    logged = np.full(BATCH, 1_000_000, dtype=np.int64)
    return BatchTally(decided, held, Counter(), chances, logged, 1.0, Stakes(2.0, 1.0), False)


def cpu_seconds(function: Callable[[], object]) -> float:
    """Return the CPU time of one call."""
    began = time.process_time()
    for _ in range(_TIMES):
        function()
    return (time.process_time() - began) / _TIMES


def export_batch(batch: BatchTally) -> None:
    """Do what a worker does after a batch, and the stages' timing."""
    batch.export("parcels.manifests", 1_000.5)
    for stage in ("read", "ask", "screen", "produce", "commit"):
        metrics.STAGE_SECONDS.labels("screening", stage).observe(0.01)


def main() -> None:
    """Print the cost of a batch's metrics and of a scrape, as shares of a core."""
    for number in range(OFFICES):
        for arm in ("risk", "exploration", "uncertainty", "mandatory"):
            metrics.HOLDS.labels(arm, f"office-{number}").inc()
    batch = tally()
    exporting = cpu_seconds(lambda: export_batch(batch))
    scrape = cpu_seconds(generate_latest)
    series = sum(1 for line in generate_latest().splitlines() if not line.startswith(b"#"))
    shares = exporting * RATE / BATCH, scrape / SCRAPE_SECONDS
    print(f"batch of {BATCH:,}: {exporting * 1e6:.0f} us, {shares[0]:.3%} of a core at {RATE:,}/s")
    print(f"scrape of {series:,} series: {scrape * 1e3:.1f} ms, {shares[1]:.3%} every 5 s")


if __name__ == "__main__":
    main()
