"""AsyncAPI's own parser accepts the document, and would refuse one that is wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from streams.contracts import described
from streams.settings import TopicSettings
from tests.conftest import in_ci
from tests.javascript import packages

SCRIPT = Path(packages.__file__).with_name("check_asyncapi.js")


def node(script: Path, *arguments: str) -> CompletedProcess[str]:
    try:
        return packages.run_node(script, *arguments)
    except packages.NoJavaScriptError as reason:
        (pytest.fail if in_ci() else pytest.skip)(str(reason))


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
    told = node(SCRIPT, str(accepted), *refused)
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
