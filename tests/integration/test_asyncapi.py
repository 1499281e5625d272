"""AsyncAPI's own parser accepts the document, and would refuse one that is wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from streams.contracts import described
from streams.settings import TopicSettings
from tests.javascript.packages import run_node

SCRIPT = Path(__file__).parents[1] / "javascript" / "check_asyncapi.js"

pytestmark = pytest.mark.usefixtures("node_packages")


def _unknown_type(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Manifest"]["properties"]["item_id"]["type"] = "text"


def _unknown_action(document: dict[str, Any]) -> None:
    document["operations"]["send-hold"]["action"] = "publish"


def test_parser_of_asyncapi_accepts_the_document_and_refuses_spoilt_ones(tmp_path: Path) -> None:
    good = described(TopicSettings())
    accepted = _written(tmp_path / "good.json", good)
    refused = {
        str(_written(tmp_path / f"{spoil.__name__}.json", _spoilt(good, spoil)))
        for spoil in (_unknown_type, _unknown_action)
    }
    told = run_node(SCRIPT, str(accepted), *refused)
    names = {line.split(":")[0] for line in told.stdout.splitlines()}
    assert names == refused, told.stdout + told.stderr
    assert told.returncode == 1


def _spoilt(good: dict[str, Any], spoil: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    document = copy.deepcopy(good)
    spoil(document)
    return document


def _written(path: Path, document: dict[str, Any]) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
