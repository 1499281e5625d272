"""What `greenlane model` does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from msgspec import to_builtins
from msgspec.structs import replace

from scorers.model.snapshot import SnapshotError
from streams import clock
from streams.announcing import Announcer
from streams.kafka.clients import plain_producer
from streams.policy_commands.printing import Report, Table
from streams.registry.choosing import ModelChooser, RegistryError
from streams.registry.opening import open_registry
from streams.registry.records import MAIN, RULES, Choice, Snapshot
from streams.registry.registry import Registry
from streams.registry.signing import Signer
from streams.settings import Settings, load_settings

_COLUMNS: Final = ("model", "decides", "labels", "made", "precision", "log loss", "MB", "from")
_MEGABYTE: Final = 1e6


def listed() -> Report:
    """Return lineages and versions, and what was chosen."""
    registry = open_registry(load_settings())
    choice = registry.choice()
    name = MAIN if choice is None else choice.name
    lineages, versions = registry.lineages(), registry.versions()
    rows = [_row(replace(one, version=one.lineage), name) for one in lineages]
    rows += [_row(one, name) for one in reversed(versions)]
    said = "no choice was made: the newest of main decides" if choice is None else _told(choice)
    scores = registry.scores()
    others = [name for name in scores if name not in {one.lineage for one in lineages}]
    value = {
        "scores": scores,
        "choice": to_builtins(choice),
        "lineages": [to_builtins(one) for one in lineages],
        "versions": [to_builtins(one) for one in versions],
    }
    parts: list[str | Table] = [said]
    parts.append(Table(_COLUMNS, rows) if rows else "no models yet: rules and novelty decide")
    if others:
        found = [
            (name, _figure(scores[name], "precision"), _figure(scores[name], "log_loss"))
            for name in others
        ]
        parts.append(Table(("scored beside", "precision", "log loss"), found))
    return Report(parts, value)


def shown(name: str) -> Report:
    """Return one model; the report has failed if it is not intact."""
    registry = open_registry(load_settings())
    snapshot = _named(registry, name)
    try:
        registry.load_for_scoring(snapshot)
        state = "intact"
    except SnapshotError as error:
        state = str(error)
    fields = to_builtins(snapshot)
    rows = [(key, _text(value)) for key, value in fields.items() if value not in ({}, [])]
    parts: list[str | Table] = [Table(("field", "value"), rows), f"checked: {state}"]
    return Report(parts, {**fields, "checked": state}, failed=state != "intact")


def promote(name: str, who: str, why: str) -> str:
    """Change what decides; return what to say."""
    with _chooser(load_settings()) as chooser:
        return _told(chooser.promote(name, who, why))


def rollback(who: str, why: str) -> str:
    """Change what decides back; return what to say."""
    with _chooser(load_settings()) as chooser:
        return _told(chooser.rollback(who, why))


def export_to(name: str, file: Path) -> str:
    """Write a model: a line of JSON that describes it, signed, and its bytes."""
    settings = load_settings()
    registry = open_registry(settings)
    snapshot = _named(registry, name)
    file.write_bytes(_signer(settings).encoded(snapshot) + b"\n" + registry.data(snapshot))
    return f"{snapshot.version} written to {file}"


def import_from(file: Path) -> str:
    """Take in a model that was exported with the same signing key."""
    settings = load_settings()
    head, _, data = file.read_bytes().partition(b"\n")
    try:
        snapshot = _signer(settings).decoded(head, Snapshot)
        open_registry(settings).put(snapshot, data, settings.model.keep_versions)
    except SnapshotError as error:
        raise RegistryError(f"{file}: {error}") from error
    return f"{snapshot.version} taken in; `greenlane model promote {snapshot.version}` to use it"


@contextmanager
def _chooser(settings: Settings) -> Iterator[ModelChooser]:
    announcer = Announcer(plain_producer(settings.kafka), settings.topics, clock.utc_now)
    yield ModelChooser(open_registry(settings), announcer, clock.utc_now)
    announcer.close()


def _signer(settings: Settings) -> Signer:
    return Signer(settings.model.signing_key.get_secret_value().encode())


def _named(registry: Registry, name: str) -> Snapshot:
    snapshot = registry.named(name)
    if snapshot is None:
        known = [
            *(x.lineage for x in registry.lineages()),
            *(x.version for x in registry.versions()),
        ]
        raise RegistryError(f"{name}: expected one of {', '.join(known) or 'no model yet'}")
    return snapshot


def _row(one: Snapshot, chosen: str) -> tuple[object, ...]:
    return (
        one.version,
        "yes" if one.version == chosen else "",
        one.labels,
        f"{one.made_at:%Y-%m-%d %H:%M:%S}",
        _figure(one.metrics, "precision"),
        _figure(one.metrics, "log_loss"),
        round(one.size / _MEGABYTE, 1),
        ", ".join(one.parents),
    )


def _figure(known: Mapping[str, float], name: str) -> str:
    if not {name, f"{name}_low", f"{name}_high"} <= known.keys():
        return ""
    low, high = known[f"{name}_low"], known[f"{name}_high"]
    return f"{known[name]:.3f} ({low:.3f} to {high:.3f})"


def _told(choice: Choice) -> str:
    what = RULES if choice.mode == "rules" else f"{choice.name} ({choice.mode})"
    why = f": {choice.why}" if choice.why else ""
    return (
        f"{what} decides since {choice.since:%Y-%m-%d %H:%M:%S}, by {choice.who}{why}; "
        f"before: {choice.former}"
    )


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {one:.4g}" for key, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
