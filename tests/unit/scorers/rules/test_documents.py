"""Rule files as YAML: what more than plain mappings, lists and scalars is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scorers.rules
from scorers.rules.documents import MAX_BYTES
from scorers.rules.reading import read_rules
from tests.factories import PROPERTY
from tests.unit.scorers.rules.builders import problems_of, with_condition

PLAIN = "expected one document of plain YAML"

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"

REFUSALS = {
    "alias": ("rules: &all []\nmore: *all", f"rules.yaml:1: {PLAIN}, got an anchor or alias"),
    "many_aliases": (BOMB, f"rules.yaml:1: {PLAIN}, got an anchor or alias"),
    "python_object": (
        "rules:\n  - !!python/object/apply:os.system [ls]",
        f"rules.yaml:2: {PLAIN}, got a tag",
    ),
    "tag": ("rules: !!seq []", f"rules.yaml:1: {PLAIN}, got a tag"),
    "two_documents": ("rules: []\n---\nrules: []", f"rules.yaml:2: {PLAIN}, got a second document"),
    "deep_nesting": (
        "rules: " + "[" * 100_000,
        f"rules.yaml:1: {PLAIN}, got more than 32 levels",
    ),
    "open_list": ("rules: [\n", "rules.yaml:2: expected valid YAML, got did not find"),
    "tab": ("rules:\n\t- id: x", "rules.yaml:2: expected valid YAML, got found character"),
    "control_character": (
        "rules: []\n# \x07",
        "rules.yaml:2: expected valid YAML, got control characters are not allowed",
    ),
    "list_as_key": ("rules: []\n? [a]\n: b", "rules.yaml:2: expected a name as key, got a list"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_document_that_is_not_plain_is_refused_with_its_line(name: str) -> None:
    text, expected = REFUSALS[name]
    (problem,) = problems_of(text)
    assert problem.startswith(expected)


def test_document_in_another_encoding_is_refused_with_its_line() -> None:
    assert problems_of("rules: []\n# é".encode("latin-1")) == [
        "rules.yaml:2: expected text in UTF-8, got other bytes"
    ]


def test_document_with_a_byte_order_mark_is_read() -> None:
    assert problems_of("\ufeffrules: []") == []


def test_document_that_is_too_large_is_refused_unread() -> None:
    (problem,) = problems_of(b"#" * (MAX_BYTES + 1))
    assert problem == f"rules.yaml: expected at most {MAX_BYTES} bytes, got {MAX_BYTES + 1}"


def test_problem_of_a_long_text_shows_its_beginning_on_one_line() -> None:
    (problem,) = problems_of(with_condition(f'total_value: "1\\n{"x" * 10_000}"'))
    assert len(problem) < 200
    assert "'1\\nxx" in problem


EXAMPLE = (Path(scorers.rules.__file__).parent / "example.yaml").read_bytes()


@PROPERTY
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused_and_never_raise(data: bytes) -> None:
    rules, problems = read_rules("rules.yaml", data)
    assert rules == []
    assert problems or b"rules" in data


@PROPERTY
@given(st.data())
def test_example_file_cut_and_changed_is_read_or_refused(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(EXAMPLE)))
    end = data.draw(st.integers(start, min(start + 40, len(EXAMPLE))))
    put = data.draw(st.text(max_size=6).map(str.encode))
    read_rules("rules.yaml", EXAMPLE[:start] + put + EXAMPLE[end:])
