"""Protobuf in a registry's frame, as what its JSON would say."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, Final

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import DecodeError

from schemas.codec import RecordError
from streams.bridge.protobuf import ProtobufRecord

_FIRST: Final = (b"\0", b"\x02\x00")
"""Both ways to say that a value is of the first message of its schema."""

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_PACKAGE = re.compile(r"\bpackage\s+([\w.]+)\s*;")
_MESSAGE = re.compile(r"\bmessage\s+(\w+)\s*{")


class ProtobufReader:
    """Reads messages of the .proto that Greenlane has for the record called `name`.

    A message does not name its fields, so one of another definition would be misread in silence:
    the writer's schema must be of our package and version, which keeps its numbers for ever.
    """

    def __init__(self, name: str) -> None:
        self._record = ProtobufRecord(name)

    def read(self, inner: bytes, schema: str) -> dict[str, Any]:
        """Return what stands after the frame, by the writer's schema; raise `RecordError`."""
        found = first_message(schema)
        if found != self._record.full_name:
            raise RecordError(
                f"Expected Protobuf of {self._record.full_name}, got {found or 'no message'}"
            )
        for index in _FIRST:
            if inner.startswith(index):
                return self._message(inner[len(index) :])
        raise RecordError("Expected the first message of the schema, got another one")

    def _message(self, value: bytes) -> dict[str, Any]:
        try:
            return self._record.read(value)
        except (DecodeError, ValueError) as error:
            problem = f"Expected Protobuf of the schema in the frame, got {error}"
            raise RecordError(problem) from None


def first_message(schema: str) -> str:
    """Return the full name of a schema's first message, or nothing if it has none.

    Registries have a schema as text or, from some clients, as a descriptor in base 64.

    >>> first_message('syntax = "proto3"; package a.b; /* message X { */ message C { }')
    'a.b.C'
    """
    if "{" in schema:
        text = _COMMENT.sub("", schema)
        names = [match[1] for match in (_PACKAGE.search(text), _MESSAGE.search(text)) if match]
        return ".".join(names)
    try:
        described = FileDescriptorProto.FromString(base64.b64decode(schema, validate=True))
    except (binascii.Error, DecodeError, ValueError):
        return ""
    names = [described.package, *[one.name for one in described.message_type[:1]]]
    return ".".join(filter(None, names))
