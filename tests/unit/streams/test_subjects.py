"""Decisions as the join step reads and keeps them."""

from __future__ import annotations

import msgspec
import pytest

from schemas.codec import RecordError, encode
from streams.subjects import decode_subject, subject_of
from tests.unit.streams.arrivals import make_decision

D = "parcels.manifests:0:1"
FEATURES = {"items": 1, "hs6": ["610910"], "consignee.street": "Straße 1"}


def test_decode_subject_of_a_decision_keeps_its_fields_and_features_as_they_are() -> None:
    decision = make_decision(D, features=FEATURES, office_of_entry="DE003302")
    found = decode_subject(encode(decision))
    for name in ("decision_id", "item_id", "arm", "probability", "propensity", "office_of_entry"):
        assert getattr(found, name) == getattr(decision, name)
    assert bytes(found.features) == encode(FEATURES)


def test_decode_subject_that_was_encoded_gives_the_same_bytes_again() -> None:
    kept = encode(decode_subject(encode(make_decision(D, features=FEATURES))))
    assert encode(decode_subject(kept)) == kept
    assert len(kept) < len(encode(make_decision(D, features=FEATURES)))


def test_subject_of_a_cleared_parcel_has_the_features_that_were_found() -> None:
    decision = make_decision(D, action="clear", arm="release", features=None)
    assert msgspec.json.decode(bytes(subject_of(decision, FEATURES).features)) == FEATURES


@pytest.mark.parametrize("features", ["null", "[]", "3", '"a"'])
def test_decode_subject_whose_features_are_no_object_is_refused(features: str) -> None:
    value = encode(make_decision(D, features={})).replace(
        b'"features":{}', b'"features":' + features.encode()
    )
    with pytest.raises(RecordError, match=r"Expected an object, got another - at `\$.features`"):
        decode_subject(value)
