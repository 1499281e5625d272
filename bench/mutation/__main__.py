"""Change the policy and the offsets logic in small ways, one at a time: `make mutation`.

mutmut makes the changes and runs the unit tests that reach each; `[tool.mutmut]` in pyproject.toml
says of which files. It leaves properties out, in which much of a budget's account is computed.
Here they are changed as methods are. What many tests reach is held against the fastest of them: a
change that none notices would cost half a minute. Its newest version wants a newer click
than Faust allows, and this one an older pytest than ours: what it misses there is given to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import libcst as cst
import mutmut
import pytest
from mutmut import __main__ as program
from mutmut.mutation import file_mutation

_MOST_TESTS: Final = 80
"""Tests that a change is held against, the fastest that reach it."""

_collect = program.collect_or_load_stats
_arrange = file_mutation.function_trampoline_arrangement
_skips = file_mutation.MutationVisitor._skip_node_and_children


def _is_property(decorator: cst.Decorator) -> bool:
    return isinstance(decorator.decorator, cst.Name) and decorator.decorator.value == "property"


def _skips_no_property(visitor: Any, node: cst.CSTNode) -> bool:
    if isinstance(node, cst.FunctionDef) and any(map(_is_property, node.decorators)):
        return False
    return bool(_skips(visitor, node))


def _arrange_property(function: cst.FunctionDef, *args: Any, **kwargs: Any) -> Sequence[Any]:
    """Return what stands in for a function; a property does so as a method behind `@property`."""
    properties = [one for one in function.decorators if _is_property(one)]
    others = [one for one in function.decorators if not _is_property(one)]
    declared, methods, *rest = _arrange(function.with_changes(decorators=others), *args, **kwargs)
    methods[0] = methods[0].with_changes(decorators=[*properties, *methods[0].decorators])
    return declared, methods, *rest


def _collect_fast(*args: Any, **kwargs: Any) -> None:
    """Find the tests that reach each function; of many, keep the fastest."""
    _collect(*args, **kwargs)
    reached, seconds = mutmut.tests_by_mangled_function_name, mutmut.duration_by_test
    for function, tests in reached.items():
        reached[function] = set(sorted(tests, key=lambda one: seconds[one])[:_MOST_TESTS])


if __name__ == "__main__":
    program.collect_or_load_stats = _collect_fast
    file_mutation.MutationVisitor._skip_node_and_children = _skips_no_property
    file_mutation.function_trampoline_arrangement = _arrange_property
    pytest.Item._nodeid = property(lambda item: item.nodeid)
    program.cli()
