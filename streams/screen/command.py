"""The command `greenlane screen`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

from rich.console import Console

from streams.screen.entries import adapted_chunks, file_chunks
from streams.screen.run import SCREEN_SETTINGS, Screening
from streams.screen.summary import ScreenSummary
from streams.session import EmbeddedSession
from streams.sources.adapters import adapter_named
from streams.sources.files import open_bytes
from streams.warmed import warm_up_once

_SHOWN_REASONS: Final = 3
_EXPLORED_PART: Final = 0.1
"""Part of a hold share given alone that is drawn at random."""
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
    overrides = screen_settings(adapter, hold_share, explore_share)
    open_bytes(file).close()  # a wrong name is told before anything is started
    chunks = adapted_chunks(file, adapter) if adapter else file_chunks(file, outcomes)
    warm_up_once(Console(stderr=True).print)
    with out.open("wb") as sink, EmbeddedSession(overrides) as session:
        session.spawn("worker")
        session.spawn("learner")
        with closing(Screening(session, sink)) as screening:
            screening.run(chunks)
    _print(screening.summary, out)


def screen_settings(
    adapter: str | None, hold_share: float | None, explore_share: float | None
) -> dict[str, str]:
    """Return the settings of a session that screens a file."""
    overrides = dict(SCREEN_SETTINGS)
    if adapter is not None:
        overrides |= {**_ADAPTED_SETTINGS, "model.spec": adapter_named(adapter).spec}
    for name, share in (("policy.hold_share", hold_share), ("policy.explore_share", explore_share)):
        if share is not None:
            overrides[name] = str(share)
    if hold_share is not None and explore_share is None:
        overrides["policy.explore_share"] = str(hold_share * _EXPLORED_PART)
    return overrides


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
