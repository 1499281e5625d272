"""The command `greenlane screen`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rich.console import Console

from streams.screen.entries import adapted_chunks, file_chunks
from streams.screen.run import SCREEN_SETTINGS, Screening
from streams.screen.summary import ScreenSummary
from streams.session import EmbeddedSession
from streams.sources.adapters import adapter_named

_SHOWN_REASONS: Final = 3
_ADAPTED_SETTINGS: Final = {
    # Days are small: the threshold must look back on a few of them, not on months.
    "policy.window": "1000",
    "policy.hold_share": "0.1",
    "policy.explore_share": "0.01",
}


def screen_file(
    file: Path,
    out: Path,
    adapter: str | None,
    outcomes: Path | None,
    hold_share: float | None,
    explore_share: float | None,
) -> None:
    """Screen `file`, write the decisions to `out`, and print what became of the records."""
    overrides = dict(SCREEN_SETTINGS)
    if adapter is None:
        chunks = file_chunks(file, outcomes)
    else:
        overrides |= {**_ADAPTED_SETTINGS, "model.spec": adapter_named(adapter).spec}
        chunks = adapted_chunks(file, adapter)
    for name, share in (("policy.hold_share", hold_share), ("policy.explore_share", explore_share)):
        if share is not None:
            overrides[name] = str(share)
    with out.open("wb") as sink, EmbeddedSession(overrides) as session:
        session.spawn("worker")
        session.spawn("learner")
        screening = Screening(session, sink)
        screening.run(chunks)
        screening.close()
    _print(screening.summary, out)


def _print(summary: ScreenSummary, out: Path) -> None:
    console = Console(stderr=True)
    held = sum(summary.held.values())
    console.print(
        f"{summary.records:,} records: {summary.records - summary.rejected:,} decisions in {out}, "
        f"{held:,} held, {summary.rejected:,} rejected"
    )
    for arm, inspected in sorted(summary.inspected.items()):
        share = summary.violations[arm] / inspected
        console.print(f"  {arm}: {inspected:,} inspected, {share:.1%} violations")
    for reason in summary.reject_reasons[:_SHOWN_REASONS]:
        console.print(f"  rejected: {reason}", markup=False)
