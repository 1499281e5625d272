"""Signatures of what the registry keeps: who cannot sign cannot make workers load a model."""

from __future__ import annotations

import hmac
from typing import Final, TypeVar

import msgspec

from scorers.model.snapshot import SnapshotError
from streams.registry.records import Choice, Snapshot

Signed = TypeVar("Signed", Snapshot, Choice)

_DIGEST: Final = "sha256"
_SEPARATOR: Final = b" "


class Signer:
    """Signs records by HMAC with the secret `model.signing_key`.

    What is stored is the signature in hexadecimal digits, a space, and the record as JSON.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encoded(self, record: Snapshot | Choice) -> bytes:
        """Return the record with its signature."""
        payload = msgspec.json.encode(record)
        return self._signature(type(record), payload) + _SEPARATOR + payload

    def decoded(self, raw: bytes, kind: type[Signed]) -> Signed:
        """Return the record in `raw`; raise `SnapshotError` unless it is ours, byte for byte."""
        signature, _, payload = raw.partition(_SEPARATOR)
        if not hmac.compare_digest(signature, self._signature(kind, payload)):
            raise SnapshotError(
                f"Expected a {_named(kind)} signed with model.signing_key, got another signature"
            )
        try:
            return msgspec.json.decode(payload, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise SnapshotError(f"Expected a {_named(kind)} of this version: {error}") from error

    def _signature(self, kind: type[Snapshot] | type[Choice], payload: bytes) -> bytes:
        signed = _named(kind).encode() + b"\0" + payload
        return hmac.new(self._key, signed, _DIGEST).hexdigest().encode()


def _named(kind: type[Snapshot] | type[Choice]) -> str:
    return kind.__name__.lower()
