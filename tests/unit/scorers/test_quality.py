"""Data-quality signals: for each one a parcel that has it and one that just has not."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.manifest import Manifest
from scorers import profiled
from scorers.features.tables import ManifestTable
from scorers.quality import SIGNALS
from scorers.specs.parcels import SPEC
from tests.factories import MANIFEST, make_item, make_manifest, make_manifests, make_party


def one(**changes: Any) -> Manifest:
    """Return a parcel with one changed item."""
    return make_manifest(items=(make_item(**changes),))


def valued(total: float) -> Manifest:
    return make_manifest(total_value=total, items=(make_item(value=total),))


def shipped(kind: str, nature: str) -> Manifest:
    return make_manifest(consignor=make_party(kind=kind), transaction_nature=nature)


LONG = " ".join(f"piece{number}" for number in range(24))

CASES: dict[str, tuple[list[Manifest], list[Manifest]]] = {
    "s10_invalid": (
        [make_manifest(item_id="RR473124820CN"), make_manifest(item_id="1")],
        [MANIFEST, make_manifest(item_id="1", id_scheme="hawb")],
    ),
    "hs_invalid": ([one(hs_code="6109"), one(hs_code="770000")], [one(hs_code="61091000")]),
    "country_unknown": (
        [
            make_manifest(origin_post_country="ZZ"),
            make_manifest(destination_country="UK"),
            one(origin="QQ"),
        ],
        [make_manifest(destination_country="XK"), one(origin="")],
    ),
    "currency_unknown": (
        [make_manifest(currency="EUX"), make_manifest(currency="eur")],
        [make_manifest(currency="CNY")],
    ),
    "ioss_invalid": (
        [make_manifest(ioss="IN2760000742"), make_manifest(ioss="IM1")],
        [make_manifest(ioss="")],
    ),
    "eori_invalid": (
        [make_manifest(eori="QQ1"), make_manifest(eori="12345")],
        [make_manifest(eori=""), make_manifest(eori="DE1234567")],
    ),
    "value_mismatch": (
        [make_manifest(total_value=19.2), make_manifest(total_value=18.6)],
        [make_manifest(total_value=19.0), make_manifest(total_value=18.8)],
    ),
    "weight_mismatch": (
        [make_manifest(gross_weight_kg=0.358), make_manifest(items=(make_item(),) * 2)],
        [make_manifest(gross_weight_kg=0.3599), make_manifest(gross_weight_kg=50.0)],
    ),
    "description_vague": (
        [one(description=text) for text in ("", "Gift", "GIFT!", "auto-parts", "gift gift", "ab")],
        [one(description=text) for text in ("gift card holder", "mug", "auto parts for bikes")],
    ),
    "description_stop_word": (
        [one(description=text) for text in ("gift", "a Gift for you", "spare parts, various")],
        [one(description=text) for text in ("gifted mug", "partsize hat", "")],
    ),
    "battery_undeclared": (
        [
            one(description="Lithium cell"),
            one(hs_code="850760"),
            one(hs_code="850650"),
            one(description="two batteries"),
        ],
        [one(hs_code="850760", dangerous_goods="UN3481"), one(hs_code="850800")],
    ),
    "origin_differs": (
        [one(origin="VN"), make_manifest(origin_post_country="HK")],
        [one(origin=""), MANIFEST],
    ),
    "order_missing": (
        [make_manifest(order_id="")],
        [make_manifest(order_id="", transaction_nature="gift")],
    ),
    "gift_by_business": (
        [shipped("business", "gift")],
        [shipped("person", "gift"), shipped("business", "sale")],
    ),
    "deliver_to_differs": (
        [make_manifest(deliver_to=make_party(id="c-2"))],
        [make_manifest(deliver_to=make_party()), make_manifest(deliver_to=None)],
    ),
    "value_zero": ([valued(0.0), valued(-0.0)], [valued(0.01)]),
    "value_round": (
        [valued(5.0), valued(100.0), valued(1e6)],
        [valued(0.0), valued(5.01), valued(4.99)],
    ),
    "value_near_threshold": (
        [valued(139.51), valued(149.99), valued(150.0)],
        [valued(139.5), valued(150.01), valued(20.0)],
    ),
}

present = [(signal, parcel) for signal, (having, _) in CASES.items() for parcel in having]
absent = [(signal, parcel) for signal, (_, lacking) in CASES.items() for parcel in lacking]


def test_cases_cover_every_signal_and_every_signal_is_a_feature() -> None:
    assert list(CASES) == list(SIGNALS)
    assert set(SPEC.signals) == {*SIGNALS, *profiled.SIGNALS}


@pytest.mark.parametrize(("signal", "parcel"), present)
def test_signal_of_a_parcel_that_is_odd_is_present(signal: str, parcel: Manifest) -> None:
    assert SIGNALS[signal](ManifestTable([parcel])).tolist() == [True]


@pytest.mark.parametrize(("signal", "parcel"), absent)
def test_signal_of_a_parcel_that_is_just_not_odd_is_absent(signal: str, parcel: Manifest) -> None:
    assert SIGNALS[signal](ManifestTable([parcel])).tolist() == [False]


def test_signals_of_the_published_example_are_all_absent() -> None:
    table = ManifestTable([MANIFEST])
    assert [name for name, compute in SIGNALS.items() if compute(table)[0]] == []


@pytest.mark.parametrize("signal", SIGNALS)
def test_signal_of_a_batch_stands_at_the_parcel_it_is_about(signal: str) -> None:
    odd, plain = CASES[signal][0][0], MANIFEST
    many = make_manifest(items=(make_item(value=6.3, net_weight_kg=0.1),) * 3)
    table = ManifestTable([plain, many, odd, many, plain])
    flags = SIGNALS[signal](table)
    assert flags.dtype == bool
    assert flags.tolist() == [False, False, True, False, False]


@pytest.mark.parametrize("signal", SIGNALS)
def test_signal_of_a_varied_batch_equals_that_of_each_parcel_alone(signal: str) -> None:
    manifests = make_manifests(60, seed=8)
    together = SIGNALS[signal](ManifestTable(manifests)).tolist()
    assert together == [bool(SIGNALS[signal](ManifestTable([m]))[0]) for m in manifests]


@pytest.mark.parametrize(
    ("signal", "changes"),
    [
        ("hs_invalid", {"hs_code": "6109"}),
        ("description_vague", {"description": "gift"}),
        ("battery_undeclared", {"description": "lithium cell"}),
        ("country_unknown", {"origin": "ZZ"}),
    ],
)
def test_signal_of_the_last_of_many_items_is_present(signal: str, changes: dict[str, str]) -> None:
    parcel = make_manifest(items=(make_item(), make_item(), make_item(**changes)))
    assert SIGNALS[signal](ManifestTable([parcel])).tolist() == [True]


def test_signal_of_a_word_in_disguise_is_present() -> None:
    hidden = one(description="ＬＩＴ\u200bＨＩＵＭ cell")
    assert SIGNALS["battery_undeclared"](ManifestTable([hidden])).tolist() == [True]


@pytest.mark.parametrize(
    ("signal", "word"), [("battery_undeclared", "lithium"), ("description_stop_word", "gift")]
)
def test_signal_of_a_word_far_back_in_the_description_is_present(signal: str, word: str) -> None:
    parcel = one(description=f"{LONG} {word}")
    assert SIGNALS[signal](ManifestTable([parcel])).tolist() == [True]


def test_signal_of_a_stop_word_of_two_words_inside_a_description_is_present() -> None:
    parcel = one(description="daily necessities for the home")
    assert SIGNALS["description_stop_word"](ManifestTable([parcel])).tolist() == [True]
