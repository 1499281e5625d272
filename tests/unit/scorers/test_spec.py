"""Feature specs: what is refused, with the place named, and what makes another version."""

from __future__ import annotations

import math
from typing import Any

import pytest

from scorers.features.extractor import Extractor
from scorers.features.fields import (
    Category,
    Cross,
    Field,
    Number,
    Signal,
    Words,
    crosses,
    log_edges,
)
from scorers.features.spec import FeatureSpec, SpecError, StarterRule
from scorers.features.tables import ManifestTable
from scorers.specs import SPECS, spec_named
from tests.factories import make_manifest, make_spec

SELLER = Category("seller", "seller_id", "seller")
VAGUE = Signal("description_vague", "vague")

REFUSALS = {
    "edges_that_do_not_increase": (
        {"fields": (Number("value", "total_value", "value", (1.0, 3.0, 3.0)),)},
        "small.fields.value.edges: expected increasing numbers, got (1.0, 3.0, 3.0)",
    ),
    "edge_that_is_no_number": (
        {"fields": (Number("value", "total_value", "value", (math.nan,)),)},
        "small.fields.value.edges: expected increasing numbers, got (nan,)",
    ),
    "edge_without_end": (
        {"fields": (Number("value", "total_value", "value", (1.0, math.inf)),)},
        "small.fields.value.edges: expected increasing numbers, got (1.0, inf)",
    ),
    "neither_edges_nor_octaves": (
        {"fields": (Number("value", "total_value", "value"),)},
        "small.fields.value: expected either edges or per_octave, got both or neither",
    ),
    "both_edges_and_octaves": (
        {"fields": (Number("value", "total_value", "value", (1.0,), per_octave=2),)},
        "small.fields.value: expected either edges or per_octave, got both or neither",
    ),
    "octaves_that_no_power_of_two_divides": (
        {"fields": (Number("value", "total_value", "value", per_octave=3),)},
        "small.fields.value.per_octave: expected a power of two, got 3",
    ),
    "octaves_below_zero": (
        {"fields": (Number("value", "total_value", "value", per_octave=-2),)},
        "small.fields.value.per_octave: expected a power of two, got -2",
    ),
    "octaves_finer_than_a_float_can_tell": (
        {"fields": (Number("value", "total_value", "value", per_octave=2**53),)},
        "small.fields.value.per_octave: expected a power of two, got 9007199254740992",
    ),
    "field_called_like_the_bias": (
        {"fields": (Category("bias", "seller_id", "seller"),)},
        "small.fields.bias: expected a name like `hs6`, got 'bias'",
    ),
    "field_called_like_a_cross": (
        {"fields": (Category("a+b", "seller_id", "seller"),)},
        "small.fields.a+b: expected a name like `hs6`, got 'a+b'",
    ),
    "two_fields_of_one_name": (
        {"fields": (SELLER, Category("seller", "consignor.id", "shipper"))},
        "small.fields.seller: expected a name of its own, got it twice",
    ),
    "two_fields_of_words": (
        {
            "fields": (
                Words("word", "items.description", "word"),
                Words("ref", "items.product_ref", "ref"),
            )
        },
        "small.fields: expected at most one field of words, got more",
    ),
    "cross_of_an_unknown_field": (
        {"fields": (SELLER, VAGUE), "features": crosses("G", "seller", "seller+sellr")},
        "small.features[1]: expected a declared field (seller, description_vague), got 'sellr'",
    ),
    "cross_of_another_cross": (
        {"fields": (SELLER, VAGUE), "features": (Cross(("seller",)), Cross(("seller+seller",)))},
        "small.features[1]: expected a declared field (seller, description_vague), "
        "got 'seller+seller'",
    ),
    "prefix_below_zero": (
        {"fields": (Category("hs4", "main.hs_code", "heading", prefix=-4),)},
        "small.fields.hs4.prefix: expected a number >= 0, got -4",
    ),
    "detail_of_more_values_than_sources": (
        {"fields": (SELLER, Signal("value_zero", "zero", "{} of {}", ("seller_id",)))},
        "small.fields.value_zero.detail: expected a format of 1 values, each of its source's type, "
        "got '{} of {}' (Replacement index 1 out of range for positional args tuple)",
    ),
    "detail_of_a_text_as_a_number": (
        {"fields": (SELLER, Signal("value_zero", "zero", "{:.0f}", ("seller_id",)))},
        "small.fields.value_zero.detail: expected a format of 1 values, each of its source's type, "
        "got '{:.0f}' (Unknown format code 'f' for object of type 'str')",
    ),
    "detail_of_an_unknown_source": (
        {"fields": (SELLER, Signal("value_zero", "zero", "{}", ("total_value",)))},
        "small.fields.value_zero.sources: expected sources of fields, got 'total_value'",
    ),
    "rule_without_end": (
        {
            "fields": (VAGUE,),
            "features": (),
            "rules": (StarterRule("R-1", "description_vague", -math.inf, "vague"),),
        },
        "small.rules.R-1.logit: expected a finite number, got -inf",
    ),
    "cross_of_nothing": (
        {"fields": (SELLER,), "features": (Cross(("seller",)), Cross(()))},
        "small.features[1]: expected distinct fields, got ()",
    ),
    "cross_of_a_field_with_itself": (
        {"fields": (SELLER,), "features": crosses("G", "seller+seller")},
        "small.features[0]: expected distinct fields, got ('seller', 'seller')",
    ),
    "the_same_cross_twice": (
        {"fields": (SELLER,), "features": crosses("G", "seller") + crosses("H", "seller", scale=2)},
        "small.features: expected each once, got 'seller' twice",
    ),
    "scale_of_zero": (
        {"fields": (SELLER,), "features": crosses("G", "seller", scale=0)},
        "small.features[0].scale: expected a finite number > 0, got 0",
    ),
    "scale_without_end": (
        {"fields": (SELLER,), "features": crosses("G", "seller", scale=math.inf)},
        "small.features[0].scale: expected a finite number > 0, got inf",
    ),
    "rule_of_an_unknown_signal": (
        {
            "fields": (SELLER,),
            "features": (),
            "rules": (StarterRule("R-1", "value_zero", 1.0, "zero"),),
        },
        "small.rules.R-1: expected a declared signal, got 'value_zero'",
    ),
    "rule_of_a_field_that_is_no_signal": (
        {
            "fields": (SELLER,),
            "features": (),
            "rules": (StarterRule("R-1", "seller", 1.0, "seller"),),
        },
        "small.rules.R-1: expected a declared signal, got 'seller'",
    ),
    "novelty_of_an_unknown_field": (
        {"fields": (SELLER, VAGUE), "features": (), "novelty": (("seller", "hs6"),)},
        "small.novelty[0]: expected a declared field (seller, description_vague), got 'hs6'",
    ),
    "base_rate_of_zero": (
        {"base_rate": 0.0},
        "small.base_rate: expected 0 < rate < 1, got 0.0",
    ),
    "base_rate_of_one": (
        {"base_rate": 1.0},
        "small.base_rate: expected 0 < rate < 1, got 1.0",
    ),
    "base_rate_that_is_no_number": (
        {"base_rate": math.nan},
        "small.base_rate: expected 0 < rate < 1, got nan",
    ),
}


@pytest.mark.parametrize(("changes", "text"), REFUSALS.values(), ids=REFUSALS)
def test_declare_a_spec_off_the_rules_is_refused_with_the_place(
    changes: dict[str, Any], text: str
) -> None:
    with pytest.raises(SpecError) as caught:
        make_spec(**({"rules": (), "novelty": ()} | changes))
    assert str(caught.value) == text


SOURCES = {
    "manifest_field": (Category("x", "sellr_id", "x"), "seller_id"),
    "field_of_a_party": (Category("x", "consignee.nam", "x"), "name"),
    "field_of_an_optional_party": (Category("x", "deliver_to.town", "x"), "city"),
    "field_of_an_item": (Category("x", "items.hs", "x"), "hs_code"),
    "field_of_the_main_item": (Category("x", "main.", "x"), "hs_code"),
    "derived_quantity": (Number("x", "derived.value_per_ton", "x", (1.0,)), "value_per_kg"),
    "signal": (Signal("sanctioned", "x"), "value_zero"),
    "attribute_without_a_key": (Category("x", "attributes", "x"), "attributes.KEY"),
    "field_of_no_party": (Category("x", "platform_id.name", "x"), "platform_id"),
}


@pytest.mark.parametrize(("field", "known"), SOURCES.values(), ids=SOURCES)
def test_compile_a_spec_with_an_unknown_source_names_the_place_and_the_known_ones(
    field: Field, known: str
) -> None:
    with pytest.raises(SpecError) as caught:
        Extractor(_only(field), bits=10)
    place, _, rest = str(caught.value).partition(": expected one of ")
    assert place == f"small.fields.{field.name}.source"
    assert known in rest.split(", got ")[0].split(", ")
    assert rest.endswith(f", got {field.source!r}")


def test_compile_words_of_a_source_that_is_not_of_items_is_refused() -> None:
    with pytest.raises(SpecError) as caught:
        Extractor(_only(Words("word", "main.description", "word")), bits=10)
    assert str(caught.value) == (
        "small.fields.word.source: expected an item's text, got 'main.description'"
    )


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (Category("x", "consignee", "a party as a category"), "a text"),
        (Category("x", "buyer", "a party that may lack as a category"), "a text"),
        (Category("x", "total_value", "a number as a category"), "a text"),
        (Category("x", "items.quantity", "a number of items as a category"), "a text"),
        (Category("x", "derived.items", "a derived number as a category"), "a text"),
        (Category("x", "signals.value_zero", "a signal as a category"), "a text"),
        (Category("x", "posted_at", "a time as a category"), "a text"),
        (Category("x", "attributes", "all attributes as a category"), "one of attributes.KEY"),
        (Number("x", "seller_id", "a text as a number", (1.0,)), "a number"),
        (Number("x", "consignee.postcode", "a text of a party as a number", (1.0,)), "a number"),
        (Number("x", "channel", "one of some texts as a number", (1.0,)), "a number"),
        (Number("x", "attributes.tax_rate", "an attribute as a number", (1.0,)), "a number"),
        (Number("x", "signals.value_zero", "a signal as a number", (1.0,)), "a number"),
        (Number("x", "eta", "a time that may lack as a number", (1.0,)), "a number"),
        (Number("x", "items", "all items as a number", (1.0,)), "one of "),
        (Words("x", "items.quantity", "a number as words"), "a text"),
    ],
    ids=lambda value: value.label.replace(" ", "_") if isinstance(value, Field) else None,
)
def test_compile_a_source_of_another_type_is_refused(field: Field, expected: str) -> None:
    with pytest.raises(SpecError) as caught:
        Extractor(_only(field), bits=10)
    assert str(caught.value).startswith(f"small.fields.x.source: expected {expected}")
    assert str(caught.value).endswith(f", got {field.source!r}")


@pytest.mark.parametrize(
    "field",
    [
        Category("x", "channel", "one of some texts"),
        Category("x", "consignor.kind", "one of some texts of a party"),
        Category("x", "buyer.id", "a text of a party that may lack"),
        Category("x", "attributes.zone", "an attribute"),
        Category("x", "main.dangerous_goods", "a text of the main item"),
        Number("x", "main.quantity", "a whole number", (1.0,)),
        Number("x", "items.value", "a number of items", per_octave=2),
        Number("x", "derived.tax_rate", "a derived number", (1.0,)),
        Words("x", "items.product_ref", "a text of items"),
    ],
    ids=lambda field: field.label.replace(" ", "_"),
)
def test_compile_a_source_of_the_right_type_extracts_it(field: Field) -> None:
    batch = Extractor(_only(field), bits=10).extract(ManifestTable([make_manifest()]))
    assert field.name in [name for block in batch.blocks for name in block.names]


def test_compile_words_that_no_cross_uses_leaves_them_out() -> None:
    extractor = Extractor(make_spec(features=crosses("G", "seller")), bits=10)
    (block,) = extractor.extract(ManifestTable([make_manifest()])).blocks
    assert block.names == ("bias", "seller")


def test_compile_words_alone_gives_them_and_the_bias() -> None:
    spec = FeatureSpec("words", (Words("word", "items.description", "word"),), crosses("G", "word"))
    parcel, word = Extractor(spec, bits=10).extract(ManifestTable([make_manifest()])).blocks
    assert (parcel.names, word.names) == (("bias",), ("word",))


def test_write_crosses_as_text_gives_each_its_fields_group_and_scale() -> None:
    written = crosses("GOODS", "a", "a+b", scale=2)
    assert written == (Cross(("a",), "GOODS", 2), Cross(("a", "b"), "GOODS", 2))
    assert [cross.name for cross in written] == ["a", "a+b"]


@pytest.mark.parametrize(
    "parts", [("item_hs6", "seller"), ("word",), ()], ids=["items", "words", "nothing"]
)
def test_compile_novelty_of_what_no_parcel_has_one_of_is_refused(parts: tuple[str, ...]) -> None:
    with pytest.raises(SpecError):
        Extractor(make_spec(novelty=(parts,)), bits=10)


@pytest.mark.parametrize("name", SPECS)
def test_compile_a_shipped_spec_succeeds(name: str) -> None:
    assert Extractor(spec_named(name), bits=10).spec.name == name


def test_find_an_unknown_spec_names_the_known_ones() -> None:
    with pytest.raises(SpecError) as caught:
        spec_named("parcel")
    assert str(caught.value) == (
        "Expected a feature spec among declarations, parcels, got 'parcel'"
    )


@pytest.mark.parametrize(("per_octave", "count"), [(1, 13), (3, 37)])
def test_log_edges_reach_both_ends_and_double_every_octave(per_octave: int, count: int) -> None:
    edges = log_edges(1, 4096, per_octave)
    assert len(edges) == count
    assert (edges[0], edges[-1]) == (1.0, 4096.0)
    assert edges[per_octave] == 2.0


def _only(field: Field) -> FeatureSpec:
    return FeatureSpec("small", (field,), crosses("G", field.name))


@pytest.mark.parametrize(
    ("low", "high", "per_octave"),
    [(0, 8, 1), (-1, 8, 1), (8, 1, 1), (1, math.inf, 1), (math.nan, 8, 1), (1, 8, 0)],
)
def test_log_edges_between_what_no_doubling_leads_to_are_refused(
    low: float, high: float, per_octave: int
) -> None:
    with pytest.raises(ValueError, match="expected 0 < low <= high and per_octave >= 1, got"):
        log_edges(low, high, per_octave)
