"""Our records in a registry's frame: as JSON, Avro or Protobuf."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, Final, Literal

import fastavro
import msgspec
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

from schemas.avro import avro_schema, avro_value
from schemas.catalogue import RECORDS
from schemas.codec import Codec
from schemas.framing import framed
from schemas.jsonschema import json_schema
from schemas.protobuf import proto_text
from streams.bridge.protobuf import ProtobufRecord
from streams.contracts import as_text

Form = Literal["json", "avro", "protobuf"]
Written = Callable[[bytes], bytes]

_FIRST_MESSAGE: Final = b"\0"


def frame_writer(client: SchemaRegistryClient, name: str, subject: str, form: Form) -> Written:
    """Register the schema of the record called `name`; return what puts records into its frame.

    What it returns raises `RecordError` for a value that is no such record, if it must look.
    """
    schema, written = _FORMS[form](name)
    schema_id = client.register_schema(subject, schema)
    return lambda value: framed(schema_id, written(value))


def _json(name: str) -> tuple[Schema, Written]:
    return Schema(as_text(json_schema(name)), "JSON"), lambda value: value


def _avro(name: str) -> tuple[Schema, Written]:
    schema = avro_schema(name)
    parsed, decode = fastavro.parse_schema(schema), _decoder(name)

    def written(value: bytes) -> bytes:
        buffer = BytesIO()
        fastavro.schemaless_writer(buffer, parsed, avro_value(name, decode(value)))
        return buffer.getvalue()

    return Schema(as_text(schema), "AVRO"), written


def _protobuf(name: str) -> tuple[Schema, Written]:
    record, decode = ProtobufRecord(name), _decoder(name)

    def written(value: bytes) -> bytes:
        decode(value)
        message = record.message(msgspec.json.decode(value))
        return _FIRST_MESSAGE + bytes(message.SerializeToString())

    return Schema(proto_text(name), "PROTOBUF"), written


def _decoder(name: str) -> Callable[[bytes], Any]:
    return Codec(RECORDS[name].record, RECORDS[name].version).decode


_FORMS: Final[dict[Form, Callable[[str], tuple[Schema, Written]]]] = {
    "json": _json,
    "avro": _avro,
    "protobuf": _protobuf,
}
