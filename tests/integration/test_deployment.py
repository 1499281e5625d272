"""What is deployed is valid by the schemas of those who read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import Draft7Validator

from tests.javascript.packages import file_of, run_node

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests/javascript/check_scaling.js"

pytestmark = pytest.mark.usefixtures("node_packages")


def wrong_places(project: dict[str, Any]) -> list[str]:
    # The Compose Specification's schema, as its linter brings it.
    schema = json.loads(file_of("dclint", "schemas/compose.schema.json").read_text())
    return [".".join(map(str, one.path)) for one in Draft7Validator(schema).iter_errors(project)]


def test_compose_file_is_valid_by_its_specification_and_a_spoilt_one_is_not() -> None:
    project = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert wrong_places(project) == []
    project["services"]["worker"]["helthcheck"] = {}
    assert wrong_places(project) == ["services.worker"]


def test_scaling_is_valid_by_its_published_schema_and_a_spoilt_one_is_not(tmp_path: Path) -> None:
    scaling = yaml.safe_load((ROOT / "deploy/kubernetes/scaling.yaml").read_text())
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(scaling))
    scaling["spec"]["minReplicaCount"] = "two"
    bad.write_text(json.dumps(scaling))
    told = run_node(SCRIPT, str(good), str(bad))
    assert [line.split(":")[0] for line in told.stdout.splitlines()] == [str(bad)], told.stderr
    assert told.returncode == 1
