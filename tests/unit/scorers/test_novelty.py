"""Novelty: what seldom goes together stands out before the first label, and fades with labels."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from schemas.manifest import Manifest
from scorers.features.extractor import Extractor
from scorers.features.fields import Category, crosses
from scorers.features.spec import FeatureSpec
from scorers.features.tables import ManifestTable
from scorers.novelty import Novelty, fading
from tests.factories import make_manifest, make_manifests, make_spec

SPEC = FeatureSpec(
    "pairs",
    (
        Category("seller", "seller_id", "seller"),
        Category("destination", "destination_country", "destination"),
    ),
    crosses("G", "seller"),
    novelty=(("seller", "destination"),),
)
EXTRACTOR = Extractor(SPEC, bits=10)


def pairs(text: str) -> list[Manifest]:
    """Return a parcel for each `seller-destination` in `text`."""
    split = (pair.split("-") for pair in text.split())
    return [make_manifest(seller_id=seller, destination_country=to) for seller, to in split]


def scores(novelty: Novelty, manifests: list[Manifest], labels: int = 0) -> np.ndarray:
    return novelty.surprise(EXTRACTOR.extract(ManifestTable(manifests))) * fading(labels)


def trained() -> Novelty:
    """Return counts of 200 parcels: seller a sends to DE, seller b to FR."""
    novelty = Novelty(SPEC)
    scores(novelty, pairs("a-DE b-FR " * 100))
    return novelty


def test_score_an_unusual_combination_of_usual_parts_stands_out() -> None:
    usual, unusual = scores(trained(), pairs("a-DE a-FR"))
    assert unusual > usual


def test_score_follows_the_pointwise_mutual_information_of_the_counts() -> None:
    (unusual,) = scores(trained(), pairs("a-FR"))
    # Seen before: a 100, FR 100, both together 0, of 200; one is added to every count.
    surprise = math.log(101 / 201) + math.log(101 / 201) - math.log(1 / 201)
    assert unusual == pytest.approx(0.2 * surprise)


def test_score_rare_parts_that_are_seen_for_the_first_time_stand_out_less() -> None:
    unusual, new = scores(trained(), pairs("a-FR c-IT"))
    assert new < unusual


def test_score_before_anything_was_seen_is_zero() -> None:
    assert scores(Novelty(SPEC), pairs("a-DE b-FR")).tolist() == [0.0, 0.0]


def test_score_a_combination_again_and_again_gets_used_to_it() -> None:
    novelty = trained()
    found = [float(scores(novelty, pairs("a-FR"))[0]) for _ in range(20)]
    assert found == sorted(found, reverse=True)
    assert found[-1] < found[0] / 2


@pytest.mark.parametrize(("labels", "share"), [(0, 1.0), (200, 0.5), (1_800, 0.1)])
def test_score_after_many_labels_counts_less(labels: int, share: float) -> None:
    (at_start,), (later,) = (
        scores(trained(), pairs("a-FR")),
        scores(trained(), pairs("a-FR"), labels),
    )
    assert later == pytest.approx(share * at_start)


def test_score_counts_a_batch_after_scoring_it() -> None:
    alike = scores(trained(), pairs("a-FR a-FR a-FR"))
    assert len(set(alike.tolist())) == 1


def test_score_the_same_stream_twice_gives_the_same_novelty() -> None:
    batches = [make_manifests(20, seed) for seed in range(5)]
    one, other = Novelty(SPEC), Novelty(SPEC)
    for batch in batches:
        assert np.array_equal(scores(one, batch), scores(other, batch))


def test_score_by_a_spec_without_novelty_is_zero() -> None:
    spec = make_spec(novelty=())
    table = ManifestTable(make_manifests(4, seed=1))
    found = Novelty(spec).surprise(Extractor(spec, bits=10).extract(table))
    assert found.tolist() == [0.0] * 4


def test_score_of_any_number_of_values_takes_the_same_memory() -> None:
    novelty, sizes = Novelty(SPEC, bits=8), set()
    for start in range(0, 3_000, 1_000):
        batch = pairs(" ".join(f"s{number}-DE" for number in range(start, start + 1_000)))
        found = scores(novelty, batch)
        assert np.isfinite(found).all()
        sizes.add(len(pickle.dumps(novelty)) // 100)
    assert len(sizes) == 1


def test_score_looks_at_no_label_but_at_how_many_there_are() -> None:
    # The same stream, however many labels came before: novelty is one and the same times a share.
    batches = [make_manifests(20, seed) for seed in range(4)]
    early, late = Novelty(SPEC), Novelty(SPEC)
    for batch in batches:
        ours, theirs = scores(early, batch, labels=0), scores(late, batch, labels=600)
        assert theirs == pytest.approx(ours / 4, rel=1e-12)


def test_score_in_batches_of_other_sizes_leaves_the_same_counts() -> None:
    manifests, probe = make_manifests(60, seed=3), make_manifests(10, seed=4)
    whole, parts = Novelty(SPEC), Novelty(SPEC)
    scores(whole, manifests)
    for start in range(0, 60, 7):
        scores(parts, manifests[start : start + 7])
    assert np.array_equal(scores(whole, probe), scores(parts, probe))


def test_score_of_a_parcel_alone_or_in_a_batch_is_the_same_to_the_last_bit() -> None:
    past, manifests = make_manifests(50, seed=5), make_manifests(9, seed=6)

    def after_the_past(batch: list[Manifest]) -> list[float]:
        novelty = Novelty(SPEC)
        scores(novelty, past)
        return scores(novelty, batch).tolist()

    alone = [score for one in manifests for score in after_the_past([one])]
    assert after_the_past(manifests) == alone
