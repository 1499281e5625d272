"""Imports run one way: streams -> scorers -> schemas, and what decides does no I/O."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LAYERS = ("schemas", "scorers", "streams")
"""From the bottom to the top: a package may import those before it."""

INPUT_OUTPUT = {
    "asyncio",
    "confluent_kafka",
    "faust",
    "http",
    "redis",
    "requests",
    "socket",
    "subprocess",
    "tempfile",
    "threading",
    "urllib",
}
CLOCKS_AND_CHANCE = {"random", "secrets", "time", "uuid"}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the full names that a module imports, also inside functions and type checks."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." if node.level else str(node.module)


def roots(path: Path) -> set[str]:
    names = imported(ast.parse(path.read_text(encoding="utf-8")))
    return {name.partition(".")[0] for name in names}


every_module = pytest.mark.parametrize(
    ("package", "path"),
    [
        pytest.param(package, path, id=str(path.relative_to(ROOT)))
        for package in LAYERS
        for path in modules(package)
    ],
)


@every_module
def test_module_imports_its_own_layer_and_those_below_only(package: str, path: Path) -> None:
    above = set(LAYERS[LAYERS.index(package) + 1 :])
    assert roots(path) & above == set()


@every_module
def test_module_imports_neither_tests_nor_benchmarks_nor_relatively(
    package: str, path: Path
) -> None:
    assert roots(path) & {"tests", "bench", ""} == set()


def _store_of(path: Path) -> set[str]:
    """Return what the profile store alone may import: updates and values seen are one call."""
    return {"redis"} if path.parent == ROOT / "scorers" / "profiles" else set()


@pytest.mark.parametrize("package", ["schemas", "scorers"])
def test_layers_that_decide_import_no_input_output_clock_or_chance(package: str) -> None:
    found = {
        str(path.relative_to(ROOT)): forbidden
        for path in modules(package)
        if (forbidden := roots(path) & (INPUT_OUTPUT | CLOCKS_AND_CHANCE) - _store_of(path))
    }
    assert found == {}


@pytest.mark.parametrize("package", ["schemas", "scorers"])
def test_layers_that_decide_open_no_files_and_read_no_clock(package: str) -> None:
    calls = {
        (str(path.relative_to(ROOT)), ast.unparse(node.func))
        for path in modules(package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] in {"open", "now", "utcnow", "today", "print"}
    }
    assert calls == set()


def _imported_with(name: str) -> set[str]:
    """Return the packages that come along when a module of ours is imported."""
    found, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        path = ROOT / Path(*one.split(".")).with_suffix(".py")
        if one not in found and path.exists():
            tree = ast.parse(path.read_text(encoding="utf-8"))
            waiting += imported(ast.Module([node for node in tree.body if _is_import(node)], []))
        found.add(one)
    return {one.partition(".")[0] for one in found}


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


@pytest.mark.parametrize("module", ["streams.services", "streams.worker"])
def test_worker_starts_without_the_libraries_of_the_learner(module: str) -> None:
    assert "river" in _imported_with("streams.learner")
    assert {"river", "faust"} & _imported_with(module) == set()


@pytest.mark.parametrize("module", ["streams.cli", "streams.failures", "streams.kafka.topics"])
def test_command_line_answers_without_what_scores(module: str) -> None:
    assert "numba" in _imported_with("streams.worker")
    assert {"numba", "river", "faust"} & _imported_with(module) == set()


def test_layers_hold_modules_to_check() -> None:
    assert all(len(modules(package)) > 5 for package in LAYERS)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import redis.client", {"redis.client"}),
        ("from streams.clock import pause", {"streams.clock"}),
        ("def f():\n    import socket", {"socket"}),
        ("from . import x", {"."}),
    ],
)
def test_imports_of_a_module_are_found_wherever_they_stand(source: str, expected: set[str]) -> None:
    assert set(imported(ast.parse(source))) == expected
