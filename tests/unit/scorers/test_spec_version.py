"""A spec's version changes with what changes a score, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scorers.features.fields import Category, Number, crosses
from scorers.features.spec import FeatureSpec
from tests.factories import make_spec

Change = Callable[[FeatureSpec], dict[str, Any]]


def _field(name: str, **changes: Any) -> Change:
    def apply(spec: FeatureSpec) -> dict[str, Any]:
        changed = replace(spec.field_named(name), **changes)
        return {"fields": tuple(changed if f.name == name else f for f in spec.fields)}

    return apply


def _rule(**changes: Any) -> Change:
    return lambda spec: {"rules": (replace(spec.rules[0], **changes),)}


WORDINGS: dict[str, Change] = {
    "label_of_a_category": _field("seller", label="merchant"),
    "label_of_a_number": _field("value", label="price"),
    "unit_of_a_number": _field("unit_weight", unit="kilograms"),
    "label_of_words": _field("word", label="term"),
    "label_of_a_signal": _field("description_vague", label="says little"),
    "text_of_a_rule": _rule(text="says nothing at all"),
    "code_of_a_rule": _rule(code="R-NOTHING"),
    "group_of_a_feature": lambda spec: {
        "features": tuple(replace(feature, group="ALL") for feature in spec.features)
    },
}

SUBSTANCE: dict[str, Change] = {
    "edge_of_a_number": _field("value", edges=(10.0, 100.0, 1001.0)),
    "number_of_edges": _field("value", edges=(10.0, 100.0)),
    "source_of_a_number": _field("value", source="main.value"),
    "source_of_a_category": _field("seller", source="platform_id"),
    "prefix_of_a_category": _field("hs4", prefix=2),
    "logit_of_a_rule": _rule(logit=1.3),
    "signal_of_a_rule": _rule(signal="gift_by_business"),
    "no_rules": lambda _: {"rules": ()},
    "base_rate": lambda _: {"base_rate": 0.2},
    "one_feature_less": lambda spec: {"features": spec.features[:-1]},
    "scale_of_a_feature": lambda spec: {
        "features": (*spec.features[:-1], replace(spec.features[-1], scale=9.0))
    },
    "bins_of_a_number": _field("unit_weight", per_octave=4),
    "one_field_more": lambda spec: {"fields": (*spec.fields, Category("x", "channel", "x"))},
    "kind_of_a_field": lambda spec: {
        "fields": tuple(
            Category(f.name, f.source, f.label) if f.name == "word" else f for f in spec.fields
        )
    },
}


@pytest.mark.parametrize("change", WORDINGS.values(), ids=WORDINGS)
def test_change_the_wording_keeps_the_version(change: Change) -> None:
    spec = make_spec()
    changed = make_spec(**change(spec))
    assert changed != spec
    assert changed.version == spec.version


@pytest.mark.parametrize("change", SUBSTANCE.values(), ids=SUBSTANCE)
def test_change_what_makes_the_score_changes_the_version(change: Change) -> None:
    spec = make_spec()
    assert make_spec(**change(spec)).version != spec.version


def test_declare_the_same_spec_twice_gives_the_same_versions() -> None:
    first, second = make_spec(), make_spec()
    assert first == second
    assert (first.version, first.rules_version) == (second.version, second.rules_version)


def test_version_starts_with_the_name_of_the_spec() -> None:
    assert make_spec().version.startswith("small-")
    assert make_spec().rules_version.startswith("starter-")


def test_rename_a_spec_keeps_its_digest() -> None:
    assert make_spec(name="other").version.partition("-")[2] == make_spec().version[6:]


@pytest.mark.parametrize("change", [_rule(text="other words"), _rule(logit=1.3), _rule(code="R")])
def test_change_a_rule_changes_the_version_of_the_rules(change: Change) -> None:
    spec = make_spec()
    assert make_spec(**change(spec)).rules_version != spec.rules_version


def test_change_a_field_keeps_the_version_of_the_rules() -> None:
    spec = make_spec()
    assert make_spec(**_field("hs4", prefix=2)(spec)).rules_version == spec.rules_version


def test_field_kinds_with_equal_parts_are_different_fields() -> None:
    as_number = make_spec(
        fields=(Number("x", "total_value", "x", (1.0,)),),
        features=crosses("G", "x"),
        rules=(),
        novelty=(),
    )
    as_category = make_spec(
        fields=(Category("x", "total_value", "x", 1),),
        features=crosses("G", "x"),
        rules=(),
        novelty=(),
    )
    assert as_number.version != as_category.version
