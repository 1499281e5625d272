"""Framed values as plain JSON: JSON Schema without its frame, Avro and Protobuf by the schema."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, SchemaRegistryError
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext, SerializationError

from schemas.codec import RecordError
from schemas.framing import is_framed, unframed
from streams.bridge.reading_protobuf import ProtobufReader
from streams.kafka.batch import PostponedError

_NOT_FOUND: Final = 404

# Amounts may be decimals in Avro; in our records they are numbers.
_encode = msgspec.json.Encoder(decimal_format="number").encode


class FrameReader:
    """Turns framed values into the JSON of the record called `name`."""

    def __init__(self, client: SchemaRegistryClient, name: str) -> None:
        self._client = client
        self._avro = AvroDeserializer(client)
        self._protobuf = ProtobufReader(name)
        self._schemas: dict[int, Schema] = {}

    def plain(self, value: bytes | None, topic: str) -> bytes:
        """Return what a value says, as JSON; one without a frame is left as it is.

        Raises `RecordError` if it cannot be read, `PostponedError` if the registry is away.
        """
        if not value or not is_framed(value):
            return value or b""
        schema_id, inner = unframed(value)
        schema = self._schema(schema_id)
        kind = schema.schema_type or "AVRO"
        if kind == "JSON":
            return inner
        if kind == "AVRO":
            return self._of_avro(value, topic)
        if kind == "PROTOBUF":
            return _encode(self._protobuf.read(inner, schema.schema_str or ""))
        problem = f"Expected a schema of kind JSON, AVRO or PROTOBUF, got {kind} ({schema_id})"
        raise RecordError(problem)

    def _schema(self, schema_id: int) -> Schema:
        if schema_id not in self._schemas:
            try:
                self._schemas[schema_id] = self._client.get_schema(schema_id)
            except SchemaRegistryError as error:
                if error.http_status_code == _NOT_FOUND:
                    problem = f"Expected a schema of the registry, got the unknown id {schema_id}"
                    raise RecordError(problem) from None
                raise _away(error) from None
            except OSError as error:
                raise _away(error) from None
        return self._schemas[schema_id]

    def _of_avro(self, value: bytes, topic: str) -> bytes:
        context = SerializationContext(topic, MessageField.VALUE)
        try:
            record = self._avro(value, context)
        except SchemaRegistryError as error:
            raise _away(error) from None
        except (SerializationError, EOFError, IndexError, ValueError) as error:
            raise RecordError(f"Expected Avro of the schema in the frame, got {error}") from None
        return _encode(_without_nulls(record))


def _away(error: Exception) -> PostponedError:
    return PostponedError(f"the schema registry does not answer: {error}")


def _without_nulls(value: Any) -> Any:
    """Return a value without fields that are null: Avro has them where JSON leaves them out.

    >>> _without_nulls({"a": None, "b": [{"c": None, "d": 1}]})
    {'b': [{'d': 1}]}
    """
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value
