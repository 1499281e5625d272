"""Bytes to records and back, with errors that say what was expected, what came, and where."""

from __future__ import annotations

import re
from typing import Any, Final, Generic, Literal, Protocol, TypeVar

import msgspec

from schemas import (
    alert,
    clearance,
    decision,
    example,
    held,
    lanes,
    ledger,
    manifest,
    order,
    outcome,
)
from schemas.alert import Alert
from schemas.clearance import ClearanceEvent
from schemas.decision import Decision
from schemas.errors import UserError
from schemas.example import LabelledExample
from schemas.framing import is_framed, unframed
from schemas.held import HeldStats
from schemas.lanes import LaneStats
from schemas.ledger import LedgerDeltas, LedgerEntry
from schemas.manifest import Manifest
from schemas.order import PlatformOrder
from schemas.outcome import InspectionOutcome


class Versioned(Protocol):
    """A record that names the version of its schema."""

    @property
    def schema_version(self) -> int: ...


Record = TypeVar("Record", bound=Versioned)

MAX_RECORD_BYTES: Final = 1_048_576
"""A larger record is rejected: 99 items with every field at its bound fit, even if
every character is escaped."""

# msgspec does not name the key of a mapping: `$.attributes[...]`, or `key` in `$.attributes`.
_MSGSPEC_ERROR = re.compile(
    r"^(?P<what>.*) - at (?P<in_key>`key` in )?`(?P<path>\$.*)`$", re.DOTALL
)
_ANY_KEY = "[key]"
_STEP = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<index>\d+)\]|(?P<any>\[(?:\.\.\.|key)\])")
_MAX_SHOWN = 48


ErrorKind = Literal["size", "json", "version", "contract"]
"""What is wrong with a record, for those who count."""


class RecordError(UserError, ValueError):
    """A record that breaks its contract. The text is an interface: expected, got, path."""

    def __init__(self, problem: str, path: str = "$", kind: ErrorKind = "contract") -> None:
        super().__init__(f"{problem} - at `{path}`")
        self.kind = kind
        self.problem = problem
        self.path = path


class Codec(Generic[Record]):
    """Encoder and decoder of one record type.

    >>> decode_manifest(b'{"schema_version": 2}')
    Traceback (most recent call last):
        ...
    schemas.codec.RecordError: Expected schema_version 1, got 2 - at `$.schema_version`
    """

    def __init__(self, record: type[Record], version: int) -> None:
        self._decoder = msgspec.json.Decoder(record)
        self._version = version

    def decode(self, raw: bytes | None) -> Record:
        """Return the record in `raw`; raise `RecordError` if it breaks the contract.

        JSON in the frame of a schema registry is read as well; the schema's id does not matter.
        """
        if raw is None or len(raw) == 0:
            raise RecordError("Expected a JSON object, got an empty value (tombstone)", kind="json")
        if len(raw) > MAX_RECORD_BYTES:
            problem = f"Expected at most {MAX_RECORD_BYTES} bytes, got {len(raw)}"
            raise RecordError(problem, kind="size")
        return self._read(unframed(raw)[1] if is_framed(raw) else raw)

    def _read(self, raw: bytes) -> Record:
        try:
            record = self._decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._explain(raw, error) from None
        if record.schema_version != self._version:
            raise self._wrong_version(record.schema_version)
        return record

    def _wrong_version(self, got: object) -> RecordError:
        return RecordError(
            f"Expected schema_version {self._version}, got {_short(repr(got))}",
            "$.schema_version",
            "version",
        )

    def _explain(self, raw: bytes, error: Exception) -> RecordError:
        """Say the version first if that is what differs, else what `msgspec` found, with `got`."""
        if isinstance(error, RecursionError):
            return RecordError("Expected a JSON object, got one nested too deeply", kind="json")
        if not isinstance(error, msgspec.ValidationError):
            problem = f"Expected a JSON object, got malformed data: {error}"
            return RecordError(problem, kind="json")
        generic = _generic(raw)
        version = generic.get("schema_version") if isinstance(generic, dict) else None
        if isinstance(version, int) and version != self._version:
            return self._wrong_version(version)
        what, path = _parted(str(error))
        what = _reworded(what)
        if ", got" not in what:
            what += f", got {_got(generic, path)}"
        return RecordError(what, path)


def _parted(text: str) -> tuple[str, str]:
    """Return what `msgspec` says, and the path where."""
    match = _MSGSPEC_ERROR.match(text)
    if match is None:
        return text, "$"
    return match["what"], match["path"] + (_ANY_KEY if match["in_key"] else "")


_WORDINGS = (
    (re.compile(r"^Object missing required field `(.*)`$"), "Expected field `{}`, got none"),
    (re.compile(r"^Number out of range$"), "Expected a finite number, got one out of range"),
    (re.compile(r"^Integer value out of range$"), "Expected an integer, got one out of range"),
    (re.compile(r"^Invalid enum value (.*)$"), "Expected one of the values allowed, got {}"),
    (re.compile(r"^Invalid RFC3339 encoded datetime$"), "Expected an RFC 3339 datetime"),
)


def _reworded(what: str) -> str:
    """Return a message of `msgspec` in the form expected, got."""
    for pattern, wording in _WORDINGS:
        if match := pattern.match(what):
            return wording.format(*map(_short, match.groups()))
    return what if what.startswith("Expected") else f"Expected a valid value ({_short(what)})"


def _short(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def _generic(raw: bytes) -> Any:
    """Return the plain value in `raw`, or None where not even that can be read (1e999)."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _got(value: Any, path: str) -> str:
    """Return what stands in `value` at a path: the size of text or a collection, never itself."""
    for step in _STEP.finditer(path):
        # A key that comes twice may hold one thing where msgspec fails and another in `value`.
        try:
            value = _inner(value, step)
        except (AttributeError, LookupError, TypeError, ValueError):
            return "another"
    return f"length {len(value)}" if isinstance(value, (str, list, dict)) else _short(repr(value))


def _inner(value: Any, step: re.Match[str]) -> Any:
    """Return what one step of a path leads to; where it names no key, the longest text there."""
    if step["any"] is None:
        return value[step["key"] or int(step["index"])]
    texts = value if step["any"] == _ANY_KEY else value.values()
    return max((text for text in texts if isinstance(text, str)), key=len)


decode_manifest = Codec(Manifest, manifest.SCHEMA_VERSION).decode
decode_decision = Codec(Decision, decision.SCHEMA_VERSION).decode
decode_outcome = Codec(InspectionOutcome, outcome.SCHEMA_VERSION).decode
decode_example = Codec(LabelledExample, example.SCHEMA_VERSION).decode
decode_alert = Codec(Alert, alert.SCHEMA_VERSION).decode
decode_clearance = Codec(ClearanceEvent, clearance.SCHEMA_VERSION).decode
decode_held_stats = Codec(HeldStats, held.SCHEMA_VERSION).decode
decode_lane_stats = Codec(LaneStats, lanes.SCHEMA_VERSION).decode
decode_ledger_deltas = Codec(LedgerDeltas, ledger.SCHEMA_VERSION).decode
decode_ledger_entry = Codec(LedgerEntry, ledger.SCHEMA_VERSION).decode
decode_order = Codec(PlatformOrder, order.SCHEMA_VERSION).decode

encode = msgspec.json.Encoder().encode
