"""Records for tests: one valid parcel to change, varied batches from a seed, drawn ones."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from schemas import example, manifest
from schemas.codec import decode_example, decode_manifest
from schemas.decision import Decision
from schemas.example import LabelledExample
from schemas.identifiers import s10_check_digit
from schemas.manifest import Item, Manifest, Party
from scorers.features.batch import FeatureBatch, Weights
from scorers.features.contributions import Contribution
from scorers.features.fields import Category, Number, Signal, Words, crosses
from scorers.features.spec import FeatureSpec, StarterRule
from scorers.features.tables import ManifestTable
from scorers.lottery import Coordinates
from scorers.screening import Screener

PROPERTY = settings(derandomize=True, database=None, deadline=None, max_examples=50)
"""Every property test draws the same cases in every run, and none is timed."""

MANIFEST = decode_manifest(manifest.EXAMPLE)
"""One T-shirt sale with nothing odd about it: no data-quality signal is present."""

START = datetime(2026, 11, 1, tzinfo=UTC)

_GOODS = (
    ("cotton t-shirt, printed", "610910"),
    ("Damen-Lederhandtasche, schwarz", "420221"),
    ("手机壳 硅胶", "392690"),
    ("power bank lithium 20000mAh", "850760"),
    ("Ｗｉｒｅｌｅｓｓ earphones", "851830"),
    ("gift", "950300"),
    ("", "000000"),
    ("ceramic mug", "6912"),
)


def make_item(**changes: Any) -> Item:
    """Return the example's item with `changes`."""
    return msgspec.structs.replace(MANIFEST.items[0], **changes)


def make_party(**changes: Any) -> Party:
    """Return the example's consignee with `changes`."""
    return msgspec.structs.replace(MANIFEST.consignee, **changes)


def make_manifest(**changes: Any) -> Manifest:
    """Return the example manifest with `changes`."""
    return msgspec.structs.replace(MANIFEST, **changes)


def manifest_json(**changes: Any) -> bytes:
    """Return the example manifest as JSON, with `changes` that need not be valid."""
    return json.dumps({**json.loads(manifest.EXAMPLE), **changes}).encode()


def item_json(**changes: Any) -> dict[str, Any]:
    """Return the example's item as plain data, with `changes` that need not be valid."""
    return {**json.loads(manifest.EXAMPLE)["items"][0], **changes}


def make_manifests(n: int, seed: int) -> list[Manifest]:
    """Return `n` varied parcels, the same for the same seed."""
    rng = random.Random(seed)
    return [_varied(rng, number) for number in range(n)]


def make_coordinates(n: int, start: int = 0, partition: int = 0) -> list[Coordinates]:
    """Return the coordinates of `n` consecutive records."""
    return [("parcels.manifests", partition, start + index) for index in range(n)]


def make_example(**changes: Any) -> LabelledExample:
    """Return the example of the training log with `changes`."""
    return msgspec.structs.replace(decode_example(example.EXAMPLE), **changes)


def make_spec(**changes: Any) -> FeatureSpec:
    """Return a small feature spec with every kind of field and level, with `changes`."""
    parts: dict[str, Any] = {
        "name": "small",
        "fields": (
            Category("seller", "seller_id", "seller"),
            Category("hs4", "main.hs_code", "heading", prefix=4),
            Category("item_hs6", "items.hs_code", "item's subheading", prefix=6),
            Category("item_origin", "items.origin", "item's origin"),
            Category("final_city", "deliver_to.city", "final city"),
            Category("tax", "attributes.tax_type", "tax type"),
            Number("value", "total_value", "declared value", (10.0, 100.0, 1000.0)),
            Number(
                "unit_weight", "derived.unit_weight", "weight per unit", per_octave=8, unit="kg"
            ),
            Words("word", "items.description", "word"),
            Signal("description_vague", "description says nothing"),
            Signal("gift_by_business", "gift sent by a business"),
        ),
        "features": (
            *crosses("SELLER", "seller"),
            *crosses("SELLER", "seller+hs4+unit_weight", scale=2),
            *crosses("SELLER", "seller+item_hs6+item_origin", scale=1.5),
            *crosses("ADDRESS", "final_city+tax"),
            *crosses("GOODS", "hs4", "item_hs6"),
            *crosses("VALUE", "value"),
            *crosses("TEXT", "word"),
            *crosses("TEXT", "item_hs6+word", scale=1.5),
            *crosses("QUALITY", "description_vague", "gift_by_business", scale=0.5),
        ),
        "rules": (StarterRule("R-VAGUE", "description_vague", 1.2, "says nothing"),),
        "base_rate": 0.1,
        "novelty": (("seller", "hs4"), ("hs4", "value")),
    }
    return FeatureSpec(**{**parts, **changes})


@st.composite
def drawn_manifests(draw: st.DrawFn) -> Manifest:
    """Draw parcels with any text that a manifest may hold, and amounts over a wide range."""
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    amount = st.floats(0, 1e12, allow_subnormal=False)
    item = st.builds(
        Item,
        description=text,
        hs_code=st.sampled_from(["610910", "4202", "", "85076000"]),
        quantity=st.integers(1, 10**6),
        value=amount,
        net_weight_kg=amount,
        origin=st.sampled_from(["", "CN", "ZZ"]),
    )
    return make_manifest(
        items=tuple(draw(st.lists(item, min_size=1, max_size=4))),
        seller_id=draw(text),
        total_value=draw(amount),
        gross_weight_kg=draw(st.floats(1e-6, 1e6)),
        deliver_to=draw(st.none() | st.builds(make_party, city=text, id=st.just("c-2"))),
        attributes=draw(st.dictionaries(st.sampled_from(["tax_type", "zone"]), text)),
        transaction_nature=draw(st.sampled_from(["sale", "gift"])),
    )


def _varied(rng: random.Random, number: int) -> Manifest:
    items = tuple(_varied_item(rng) for _ in range(rng.choice((1, 1, 1, 2, 3, 5))))
    serial = f"{rng.randrange(10**8):08}"
    check = s10_check_digit(serial) if rng.random() < 0.9 else rng.randrange(10)
    seller = f"seller-{rng.randrange(12)}"
    posted = START + timedelta(minutes=number)
    return make_manifest(
        manifest_id=f"m-{number}",
        item_id=f"RR{serial}{check}CN",
        submitted_at=posted + timedelta(hours=2),
        posted_at=posted,
        platform_id=f"platform-{rng.choice('abc')}",
        seller_id=seller,
        order_id=f"order-{number}" if rng.random() < 0.9 else "",
        origin_post_country=rng.choice(("CN", "HK", "US")),
        destination_country=rng.choice(("DE", "FR", "PL")),
        transaction_nature=rng.choice(("sale", "sale", "sale", "gift", "return")),
        consignor=make_party(id=f"shipper-{seller}", kind=rng.choice(("business", "person"))),
        consignee=make_party(id=f"c-{rng.randrange(200)}", postcode=f"{rng.randrange(10**5):05}"),
        deliver_to=make_party(id=f"c-{rng.randrange(200)}") if rng.random() < 0.1 else None,
        ioss=rng.choice(("", "IM2760000742", "IN2760000742")),
        gross_weight_kg=round(sum(i.net_weight_kg for i in items) * rng.uniform(0.98, 1.5), 3)
        or 0.05,
        total_value=round(sum(i.value for i in items), 2),
        currency=rng.choice(("EUR", "USD", "CNY")),
        items=items,
        attributes={"tax_type": rng.choice("AB")} if rng.random() < 0.3 else {},
    )


def _varied_item(rng: random.Random) -> Item:
    description, hs_code = rng.choice(_GOODS)
    quantity = rng.randint(1, 12)
    return Item(
        description=description,
        hs_code=hs_code,
        quantity=quantity,
        value=round(quantity * rng.lognormvariate(2.0, 1.0), 2),
        net_weight_kg=round(quantity * rng.uniform(0.0, 0.8), 3),
        origin=rng.choice(("CN", "CN", "VN", "")),
    )


def contributions_of(batch: FeatureBatch, weights: Weights, parcel: int) -> list[Contribution]:
    """Return what each feature adds to one parcel's logit."""
    return list(batch.contributions(weights, [parcel]).of(0))


def decide(
    screener: Screener, manifests: Sequence[Manifest], coordinates: Sequence[Coordinates]
) -> list[Decision]:
    """Return the decisions on a batch that was logged when it was submitted, and let it count."""
    times = np.array([manifest.submitted_at.timestamp() for manifest in manifests])
    decisions = screener.decide(ManifestTable(manifests), coordinates, times).records()
    screener.commit()
    return decisions
