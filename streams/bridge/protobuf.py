"""Our records as Protobuf messages, and messages as the JSON of our records."""

from __future__ import annotations

from typing import Any, Final

from google.protobuf import json_format, struct_pb2, timestamp_pb2
from google.protobuf.descriptor_pb2 import DescriptorProto as MessageProto
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as FieldProto
from google.protobuf.descriptor_pb2 import FileDescriptorProto as FileProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from schemas.catalogue import RECORDS, package_of
from schemas.protobuf import imports_of, is_counted, numbered_fields
from schemas.shapes import Field, Kind, Shape, shapes_of

_SCALARS: Final[dict[Kind, int]] = {
    "text": FieldProto.TYPE_STRING,
    "integer": FieldProto.TYPE_INT64,
    "number": FieldProto.TYPE_DOUBLE,
    "flag": FieldProto.TYPE_BOOL,
}
_KNOWN: Final[dict[Kind, str]] = {
    "instant": ".google.protobuf.Timestamp",
    "anything": ".google.protobuf.Struct",
}


class ProtobufRecord:
    """The messages of one record, made from the same types as its .proto."""

    def __init__(self, name: str) -> None:
        self._shapes = {shape.name: shape for shape in shapes_of(RECORDS[name].record)}
        self.full_name = f"{package_of(name)}.{next(iter(self._shapes))}"
        pool = DescriptorPool()
        for known in (timestamp_pb2, struct_pb2):
            pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
        pool.Add(file_of(name))
        self.message_class = GetMessageClass(pool.FindMessageTypeByName(self.full_name))

    def message(self, record: dict[str, Any]) -> Message:
        """Return a record, as taken from JSON, as a message."""
        return json_format.ParseDict(record, self.message_class())

    def read(self, value: bytes) -> dict[str, Any]:
        """Return what a message says, with the fields that it has.

        Raises `google.protobuf.message.DecodeError` if it is none, `ValueError` for an instant
        that no calendar has.
        """
        message = self.message_class.FromString(value)
        return self._plain(message, next(iter(self._shapes.values())))

    def _plain(self, message: Message, shape: Shape) -> dict[str, Any]:
        plain = {}
        for field in shape.fields:
            value = getattr(message, field.name)
            # What may be there any number of times is never unset: none is none, if needed.
            there = value or field.needed if is_counted(field) else message.HasField(field.name)
            if there:
                many = [self._value(one, field) for one in value] if field.repeated else None
                plain[field.name] = self._value(value, field) if many is None else many
        return plain

    def _value(self, value: Any, field: Field) -> Any:
        if field.kind == "record":
            return self._plain(value, self._shapes[field.record])
        if field.kind == "instant":
            return value.ToJsonString()
        if field.kind == "anything":
            return json_format.MessageToDict(value)
        return dict(value) if field.kind == "texts" else value


def file_of(name: str) -> FileProto:
    """Return the descriptor of the .proto of the record called `name`."""
    shapes = shapes_of(RECORDS[name].record)
    package = package_of(name)
    made = FileProto(
        name=f"{package.replace('.', '/')}.proto",
        package=package,
        syntax="proto3",
        dependency=imports_of(shapes),
    )
    made.message_type.extend(_message(name, package, shape) for shape in shapes)
    return made


def _message(name: str, package: str, shape: Shape) -> MessageProto:
    made = MessageProto(name=shape.name)
    for number, field in numbered_fields(name, shape):
        described = made.field.add(name=field.name, number=number)
        if field.kind == "texts":
            made.nested_type.append(_entry(field))
        _set_type(described, field, package, f"{shape.name}.{_entry_name(field)}")
        if is_counted(field):
            described.label = FieldProto.LABEL_REPEATED
        else:
            # So has Protobuf it that a field was set or not: a choice of one.
            described.label = FieldProto.LABEL_OPTIONAL
            described.proto3_optional = True
            described.oneof_index = len(made.oneof_decl)
            made.oneof_decl.add(name=f"_{field.name}")
    return made


def _set_type(described: FieldProto, field: Field, package: str, entry: str) -> None:
    described.type = _SCALARS.get(field.kind, FieldProto.TYPE_MESSAGE)
    if field.kind in _KNOWN:
        described.type_name = _KNOWN[field.kind]
    elif field.kind not in _SCALARS:
        described.type_name = f".{package}.{field.record or entry}"


def _entry_name(field: Field) -> str:
    return "".join(part.capitalize() for part in field.name.split("_")) + "Entry"


def _entry(field: Field) -> MessageProto:
    """Return the message that stands for one entry of a map of texts."""
    made = MessageProto(name=_entry_name(field))
    made.options.map_entry = True
    for number, part in enumerate(("key", "value"), start=1):
        kind, label = FieldProto.TYPE_STRING, FieldProto.LABEL_OPTIONAL
        made.field.add(name=part, number=number, label=label, type=kind)
    return made
