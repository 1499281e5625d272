"""Alerts in force: which parcels they match, what they add and tell, and how they are named."""

from __future__ import annotations

import numpy as np

from scorers.alerts import ActiveAlert, AlertBook
from scorers.features.tables import ManifestTable
from scorers.series import KINDS, key_of, names_of, series_keys
from tests.factories import make_manifests


def alert(about: str, kind: str = "spike") -> ActiveAlert:
    """Return an alert about a series."""
    return ActiveAlert(f"id of {about}", kind, about, f"{about}: five times as many as usual")


def test_key_of_a_name_is_the_key_of_the_parcels_in_that_series() -> None:
    table = ManifestTable(make_manifests(60, seed=3))
    rows = range(len(KINDS) * len(table))
    keys = series_keys(table).ravel().tolist()
    assert [key_of(name) for name in names_of(table, rows)] == keys


def test_key_of_something_else_is_none() -> None:
    assert key_of("RR473124829CN") is key_of("lane:6109:CN") is key_of("") is None


def test_alert_about_a_lane_matches_its_parcels_and_no_others() -> None:
    table = ManifestTable(make_manifests(200, seed=3))
    names = names_of(table, range(len(table)))
    hits = AlertBook((alert(names[0]),)).apply(table)
    of_lane = [place for place, name in enumerate(names) if name == names[0]]
    assert sorted(hits.matched) == of_lane
    assert np.flatnonzero(hits.adjustment == 1.0).tolist() == of_lane
    assert np.count_nonzero(hits.adjustment) == len(of_lane)
    (reason,) = hits.reasons(0)
    assert (reason.code, reason.source, reason.contribution) == ("LANE-SPIKE", "policy", 1.0)
    assert reason.text.startswith(names[0])


def test_several_alerts_about_a_parcel_add_up() -> None:
    table = ManifestTable(make_manifests(5, seed=3))
    lane, platform = names_of(table, [0, len(table)])
    alerts = (alert(lane), alert(lane, "price-collapse"), alert(platform))
    hits = AlertBook(alerts).apply(table)
    assert hits.adjustment[0] == 2.3
    assert {one.code for one in hits.reasons(0)} == {"LANE-SPIKE", "LANE-PRICES"}


def test_alerts_of_other_kinds_or_about_other_things_match_nothing() -> None:
    table = ManifestTable(make_manifests(20, seed=3))
    alerts = (alert("RR473124829CN"), alert(names_of(table, [0])[0], "bottleneck"))
    assert not AlertBook(alerts).apply(table).matched


def test_version_names_the_alerts_in_any_order_and_is_empty_without_any() -> None:
    one, two = alert("lane:6109:CN:DE"), alert("platform:a")
    assert AlertBook().version == ""
    assert AlertBook((one, two)).version == AlertBook((two, one)).version
    assert AlertBook((one,)).version != AlertBook((two,)).version
