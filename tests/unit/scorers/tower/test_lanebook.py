"""What a book of lanes finds in a stream: spikes, collapses, and nothing where nothing is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest

from schemas.alert import Alert
from schemas.codec import decode_alert, encode
from schemas.lanes import PER_NAT, LaneStats
from scorers.tower.baseline import BaselineRecord, HourRecord
from scorers.tower.lanebook import LaneBook, LaneChanges
from scorers.tower.slots import SLOT_SECONDS, SlotRecord

START = 1_793_520_000
LANES = tuple(f"lane:{number:04}:CN:DE" for number in range(20))
_pack = msgspec.msgpack.encode


def record(start: int, counts: list[int], log: float = 3.0) -> LaneStats:
    """Return ten seconds in which lanes had so many parcels, worth exp(`log`) euro a kilogram."""
    rng = np.random.default_rng(start)
    means = log + rng.normal(0, 0.5, len(counts)) / np.sqrt(np.maximum(counts, 1))
    logs = [round(n * mean * PER_NAT) for n, mean in zip(counts, means, strict=True)]
    squares = [round(n * (mean**2 + 0.25) * PER_NAT) for n, mean in zip(counts, means, strict=True)]
    n = tuple(counts)
    cents, grams = tuple(c * 2000 for c in counts), tuple(c * 400 for c in counts)
    zeros, shippers = (0,) * len(n), tuple(f"shipper-{place}" for place in range(len(n)))
    return LaneStats(
        1, LANES, start, zeros, n, n, cents, grams, tuple(logs), tuple(squares), 1, shippers
    )


class Stream:
    """A book and the stream it reads."""

    def __init__(self, seed: int = 1, rate: float = 5.0) -> None:
        self.book = LaneBook()
        self.rng = np.random.default_rng(seed)
        self.rate = rate
        self.slots = 0

    @property
    def now(self) -> int:
        """When the next slot starts."""
        return START + self.slots * SLOT_SECONDS

    def run(self, minutes: float, boost: float = 1.0, log: float = 3.0) -> list[Alert]:
        """Let time pass, and return what is told, as it comes out of a broker.

        `boost` and `log` are of the first lane and of all of them.
        """
        found = []
        for _ in range(round(minutes * 60 / SLOT_SECONDS)):
            rates = np.full(len(LANES), self.rate)
            rates[0] *= boost
            stats = record(self.now, self.rng.poisson(rates).tolist(), log)
            told = self.book.add(self.slots, stats)
            found += [decode_alert(encode(one)) for one in told]
            self.slots += 1
        return found


def again(changes: LaneChanges) -> LaneBook:
    """Return a book made from what another one kept, as it comes out of a broker."""
    book = LaneBook()
    for hour in changes.hours:
        book.baseline.load_hour(msgspec.msgpack.decode(_pack(hour), type=HourRecord))
    for slot in changes.slots:
        book.slots.load(msgspec.msgpack.decode(_pack(slot), type=SlotRecord))
    if changes.baseline is not None:
        kept = msgspec.msgpack.decode(_pack(changes.baseline), type=BaselineRecord)
        book.baseline.load(kept)
    book.resume()
    return book


def test_stream_as_usual_raises_no_alert() -> None:
    assert Stream().run(minutes=180) == []


def test_lane_with_five_times_its_parcels_is_told_within_a_minute() -> None:
    stream = Stream()
    stream.run(minutes=60)
    began = datetime.fromtimestamp(stream.now, UTC)
    (alert,) = stream.run(minutes=1.2, boost=5)
    assert (alert.kind, alert.about) == ("spike", LANES[0])
    assert alert.raised_at - began <= timedelta(seconds=60)
    assert alert.details["found"] > 2 * alert.details["expected"]
    assert alert.details["shippers"] == {"shipper-0": alert.details["found"]}
    assert alert.expires_at is not None
    assert alert.expires_at > alert.raised_at


def test_spike_that_lasts_is_told_again_under_the_same_id_until_it_is_usual() -> None:
    stream = Stream()
    stream.run(minutes=60)
    alerts = stream.run(minutes=20, boost=5)
    assert len(alerts) >= 2
    assert len({one.alert_id for one in alerts}) == 1
    stream.run(minutes=240, boost=5)
    assert stream.run(minutes=60, boost=5) == []


def test_values_that_fall_by_half_everywhere_are_told_for_every_lane() -> None:
    stream = Stream()
    assert stream.run(minutes=90) == []
    alerts = stream.run(minutes=3, log=3.0 - np.log(2))
    assert {one.kind for one in alerts} == {"price-collapse"}
    assert {one.about for one in alerts} == set(LANES)
    assert alerts[0].details["found"] == pytest.approx(np.exp(3) / 2, rel=0.2)


def test_a_book_that_has_just_started_raises_no_alert() -> None:
    stream = Stream()
    assert stream.run(minutes=3) == []
    assert stream.run(minutes=3, boost=20) == []


def test_rush_hour_seen_on_the_day_before_is_no_spike() -> None:
    stream = Stream(rate=1.0)
    for day in range(2):
        stream.slots = day * 24 * 3600 // SLOT_SECONDS
        stream.run(minutes=60)
        rush = stream.run(minutes=60, boost=8)
        assert bool(rush) == (day == 0)


def test_book_kept_and_loaded_goes_on_as_if_nothing_had_happened() -> None:
    stream = Stream()
    stream.run(minutes=60)
    restarted = again(stream.book.changes())
    left, right = [], []
    for slot in range(12):
        stats = record(stream.now + slot * SLOT_SECONDS, [40] + [5] * 19)
        left += stream.book.add(stream.slots + slot, stats)
        right += restarted.add(stream.slots + slot, stats)
    assert [one.about for one in right] == [one.about for one in left] == [LANES[0]]
    assert [one.details["expected"] for one in right] == [one.details["expected"] for one in left]
    window = (stream.now - 600, stream.now)
    assert restarted.slots.between(*window).tolist() == stream.book.slots.between(*window).tolist()


def test_table_shows_the_busiest_lanes_first_with_what_is_usual() -> None:
    stream = Stream()
    stream.run(minutes=30)
    stream.run(minutes=0.5, boost=3)
    first, *_ = stream.book.table(60, "lane:", most=3)
    assert first["series"] == LANES[0]
    assert first["parcels"] > first["expected"] > 20
    assert stream.book.table(60, "office:", most=3) == []
