"""The .proto files that are printed say the same as the messages: read by another language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue import RECORDS
from schemas.protobuf import proto_text
from schemas.shapes import shapes_of
from streams.bridge.protobuf import ProtobufRecord
from tests.javascript.packages import run_node

SCRIPT = Path(__file__).parents[1] / "javascript" / "check_protobuf.js"

pytestmark = pytest.mark.usefixtures("node_packages")


def test_messages_are_read_in_javascript_by_the_text_that_is_printed(tmp_path: Path) -> None:
    for name, published in RECORDS.items():
        message = ProtobufRecord(name).message(json.loads(published.example))
        (tmp_path / f"{name}.proto").write_text(proto_text(name), encoding="utf-8")
        (tmp_path / f"{name}.bin").write_bytes(message.SerializeToString())
    told = run_node(SCRIPT, str(tmp_path), *RECORDS)
    assert told.returncode == 0, told.stderr
    for name, line in zip(RECORDS, told.stdout.splitlines(), strict=True):
        assert compared(name, json.loads(line)) == compared(name, json.loads(RECORDS[name].example))


def compared(name: str, record: dict[str, Any]) -> dict[str, Any]:
    """Return a record's fields; of those that Protobuf has types of its own for, that they are."""
    own = {"instant", "anything"}
    kinds = {field.name: field.kind for field in shapes_of(RECORDS[name].record)[0].fields}
    return {key: True if kinds[key] in own else value for key, value in record.items()}
