"""The JSON Schema of every record: well-formed, complete, and with the units."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.catalogue import RECORDS
from schemas.channels import CHANNELS
from schemas.jsonschema import json_schema

EXAMPLES = {name: published.example for name, published in RECORDS.items()}

TYPES = {"object", "array", "string", "integer", "number", "boolean", "null"}

every_record = pytest.mark.parametrize("name", EXAMPLES)


def test_json_schema_of_an_unknown_record_raises_key_error() -> None:
    with pytest.raises(KeyError):
        json_schema("parcel")


@every_record
def test_json_schema_names_its_dialect_and_is_json(name: str) -> None:
    schema = json.loads(json.dumps(json_schema(name), allow_nan=False))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@every_record
def test_json_schema_points_only_at_definitions_it_has(name: str) -> None:
    schema = json_schema(name)
    references = {node["$ref"] for node in _nodes(schema) if "$ref" in node}
    assert schema["$ref"] in references
    assert references == {f"#/$defs/{defined}" for defined in schema["$defs"]}


@every_record
def test_json_schema_uses_known_types_and_requires_only_declared_properties(name: str) -> None:
    for node in _nodes(json_schema(name)):
        assert node.get("type", "object") in TYPES
        assert set(node.get("required", ())) <= node.get("properties", {}).keys()


@every_record
def test_json_schema_has_every_field_of_the_example_and_requires_no_other(name: str) -> None:
    schema = json_schema(name)
    record = _resolved(schema, schema)
    published = json.loads(EXAMPLES[name]).keys()
    assert published <= record["properties"].keys()
    assert set(record["required"]) <= published


@every_record
def test_json_schema_accepts_the_example_and_refuses_it_with_one_field_off(name: str) -> None:
    schema = json_schema(name)
    published = json.loads(EXAMPLES[name])
    assert _accepts(schema, schema, published)
    for field in _resolved(schema, schema)["required"]:
        without = {key: value for key, value in published.items() if key != field}
        assert not _accepts(schema, schema, without)
        assert not _accepts(schema, schema, {**published, field: object()})


@pytest.mark.parametrize(
    ("record", "field", "words"),
    [
        ("Item", "net_weight_kg", "kilograms"),
        ("Manifest", "gross_weight_kg", "kilograms"),
        ("Item", "value", "Money, in the record's currency"),
        ("Manifest", "total_value", "Money, in the record's currency"),
        ("Item", "quantity", "Number of units"),
        ("Item", "hs_code", "Harmonized System code, 6 digits"),
        ("Item", "dangerous_goods", "UN number"),
        ("Manifest", "currency", "ISO 4217"),
        ("Manifest", "destination_country", "ISO 3166-1"),
        ("Manifest", "submitted_at", "RFC 3339"),
    ],
)
def test_json_schema_of_a_manifest_says_the_unit_or_standard(
    record: str, field: str, words: str
) -> None:
    assert words in json_schema("manifest")["$defs"][record]["properties"][field]["description"]


@pytest.mark.parametrize("name", [one.record for one in CHANNELS if one.written_by == "others"])
def test_json_schema_of_what_others_write_describes_every_field(name: str) -> None:
    undescribed = {
        f"{defined}.{field}"
        for defined, record in json_schema(name)["$defs"].items()
        for field, described in record["properties"].items()
        if not described.get("description")
    }
    assert undescribed == set()


def test_json_schema_of_a_decision_says_the_unit_of_scores() -> None:
    fields = json_schema("decision")["$defs"]["Decision"]["properties"]
    assert "logits" in fields["threshold"]["description"]
    assert "chance of a violation" in fields["probability"]["description"]


def test_json_schema_of_an_order_says_the_unit_of_its_price() -> None:
    price = json_schema("order")["$defs"]["PlatformOrder"]["properties"]["price_paid"]
    assert "currency" in price["description"]
    assert price["minimum"] == 0


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object within `tree`."""
    if isinstance(tree, dict):
        yield tree
        tree = tree.values()
    if not isinstance(tree, str):
        for inner in tree if hasattr(tree, "__iter__") else ():
            yield from _nodes(inner)


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _accepts(schema: dict[str, Any], node: dict[str, Any], value: Any) -> bool:
    """Check the keywords that decide about types: enough of a validator for the examples."""
    node = _resolved(schema, node)
    if "anyOf" in node:
        return any(_accepts(schema, choice, value) for choice in node["anyOf"])
    if "enum" in node:
        return value in node["enum"]
    python: dict[str, type | tuple[type, ...]] = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
    }
    if not isinstance(value, python.get(node.get("type", ""), object)):
        return False
    if isinstance(value, list):
        return all(_accepts(schema, node["items"], entry) for entry in value)
    if isinstance(value, dict):
        fields = node.get("properties", {})
        return set(node.get("required", ())) <= value.keys() and all(
            _accepts(schema, fields[key], entry) for key, entry in value.items() if key in fields
        )
    return True
