"""A replay with another model, in words and a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from streams.policy_commands.printing import Report, Table
from streams.replay.with_model import ModelReplay
from streams.replay.wording import compared

_SHOWN: Final = 10


def report_of(replay: ModelReplay) -> Report:
    """Return what to print."""
    if not replay.decisions:
        return Report(["no decisions in this time"], replay, failed=True)
    return Report([*_parts(replay)], replay)


def _parts(replay: ModelReplay) -> Iterator[str | Table]:
    rate = replay.decisions / max(replay.seconds, 1e-9)
    yield f"{replay.decisions:,} decisions made again by {replay.model}, {rate:,.0f} a second"
    if replay.missing:
        yield f"{replay.missing:,} parcels are no longer in the log and keep their scores"
    if replay.made_at is not None:
        made = f"{replay.made_at:%Y-%m-%d %H:%M:%S}"
        yield f"made {made}; labels that it has learnt of this time flatter it"
    if replay.comparison is not None:
        yield from compared(replay.comparison)
    if replay.changes is not None:
        held, cleared = replay.changes.held, replay.changes.cleared
        yield f"{len(held):,} more would be held, {len(cleared):,} that were held would be cleared"
        rows = [(one, "hold") for one in held[:_SHOWN]]
        rows += [(one, "clear") for one in cleared[:_SHOWN]]
        yield Table(("decision", "would be"), rows)
