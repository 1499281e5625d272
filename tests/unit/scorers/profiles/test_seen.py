"""What parcels see of each other within a unit, with a store that knows nothing."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest

from scorers.profiles import KINDS, ProfileConfiguration, Seen, Unit
from scorers.profiles.layout import RECORD, WINDOWS
from scorers.profiles.orders import ORDER
from scorers.profiles.units import Parcels
from scorers.profiles.visiting import VisitExchange
from tests.contract.profiles import SECRET, assert_same_bits, assert_seen
from tests.unit.scorers.profiles.logs import START, Log, make_log
from tests.unit.scorers.profiles.reference import Reference

CONFIGURATION = ProfileConfiguration(SECRET, shards=3)
ADDRESS = KINDS.index("address")
HOUR = 3_600


def seen_first(unit: Unit, configuration: ProfileConfiguration = CONFIGURATION) -> Seen:
    """Return what a unit's parcels see when all of its entities are new."""
    exchange = VisitExchange(unit, configuration)
    answers = []
    for arguments in exchange.arguments():
        parts = [bytes(part) for part in arguments]
        (generation,) = struct.unpack_from("<d", parts[0])
        entities, orders = sum(map(len, parts[6::2])) // 8, len(parts[1]) // 8
        head = struct.pack("<dd", unit.next, generation)
        nothing = bytes(entities * RECORD.itemsize) + bytes(4) + bytes(orders * ORDER.itemsize)
        answers.append(head + nothing)
    return exchange.seen(answers)


def at_one_address(hours: list[float], **changes: np.ndarray) -> Unit:
    """Return a unit of parcels to one address, at these hours."""
    log = make_log(len(hours), seed=1)
    ids = np.zeros_like(log.parcels.ids)
    ids[ADDRESS] = 77
    submitted = START + (np.array(hours) * HOUR).astype(np.int64)
    columns = {"ids": ids, "submitted": submitted, "logged": submitted + 60, **changes}
    parcels = replace(log.parcels, **columns)
    return Unit(log.source, 0, log.end, parcels)


def test_second_parcel_to_an_address_sees_the_first() -> None:
    seen = seen_first(at_one_address([0, 24], value=np.array([120.0, 90.0])))
    assert seen.total[ADDRESS].tolist() == [0, 1]
    assert seen.counts[:, ADDRESS, 1] == pytest.approx(np.exp([-1, -1 / 7, -1 / 30]))
    assert seen.values[:, ADDRESS, 1] == pytest.approx(120 * np.exp([-1, -1 / 7, -1 / 30]))
    assert seen.age_hours[ADDRESS].tolist() == pytest.approx([np.nan, 24], nan_ok=True)


def test_first_parcel_of_an_entity_sees_none_before_it() -> None:
    seen = seen_first(at_one_address([0]))
    assert seen.counts[:, ADDRESS, 0].tolist() == [0, 0, 0]
    assert seen.distinct[ADDRESS, 0] == 0
    unknown = [seen.near_share, seen.age_hours, seen.idle_hours, *seen.log_unit_value]
    assert all(np.isnan(column[ADDRESS, 0]) for column in unknown)
    assert [column[ADDRESS, 0] for column in seen.former] == [-1, -1]


def test_parcel_without_an_entity_of_a_kind_sees_nan() -> None:
    seen = seen_first(at_one_address([0, 1]))
    others = [kind for kind in range(len(KINDS)) if kind != ADDRESS]
    assert np.isnan(seen.counts[:, others]).all()
    assert np.isnan(seen.total[others]).all()
    assert np.isnan(seen.distinct[others]).all()


def test_parcel_older_than_one_before_it_sees_sums_as_of_that_one() -> None:
    seen = seen_first(at_one_address([24, 0, 24], value=np.array([100.0, 10.0, 1.0])))
    assert seen.values[0, ADDRESS].tolist() == pytest.approx([0, 100, 100 + 10 * np.exp(-1)])
    assert seen.idle_hours[ADDRESS].tolist() == pytest.approx([np.nan, 0, 0], nan_ok=True)
    assert seen.age_hours[ADDRESS].tolist() == pytest.approx([np.nan, 0, 24], nan_ok=True)


def test_parcel_from_a_far_future_counts_as_of_a_day_after_its_log() -> None:
    unit = at_one_address([0, 1])
    far = replace(unit.parcels, submitted=np.array([START + 10**9, START + HOUR]))
    seen = seen_first(replace(unit, parcels=far))
    assert seen.counts[0, ADDRESS].tolist() == [0, 1]
    assert seen_first(unit).counts[0, ADDRESS, 1] == pytest.approx(np.exp(-1 / 24))


def test_parcel_with_absurd_amounts_neither_overflows_nor_spreads_nan() -> None:
    odd = np.array([np.inf, np.nan, -5.0, 1e15, 1.0])
    seen = seen_first(at_one_address([0, 0, 0, 0, 0], value=odd, unit_value=odd, value_per_kg=odd))
    assert seen.values[:, ADDRESS, 4].tolist() == pytest.approx([1e6] * len(WINDOWS))
    assert np.isfinite(seen.log_unit_value[1][ADDRESS, 4])


def test_parcels_of_one_price_have_no_deviation() -> None:
    prices = np.full(5, 18.9)
    mean, deviation = seen_first(at_one_address([0, 1, 2, 3, 4], unit_value=prices)).log_unit_value
    assert mean[ADDRESS, 4] == pytest.approx(np.log(1 + 1890))
    assert deviation[ADDRESS, 4] == pytest.approx(0, abs=1e-6)


def test_former_parcel_is_named_by_partition_and_offset() -> None:
    unit = at_one_address([0, 1, 2])
    partitions, offsets = seen_first(unit).former
    assert partitions[ADDRESS].tolist() == [-1, 0, 0]
    assert offsets[ADDRESS, 1:].tolist() == unit.parcels.offsets[:2].tolist()


@pytest.mark.parametrize("many", [1, 5, 20, 60])
def test_distinct_names_at_an_address_are_estimated_within_a_third(many: int) -> None:
    count = 4 * many
    names = np.random.default_rng(1).integers(1, 2**64 - 1, many, dtype=np.uint64)
    seen = seen_first(at_one_address([0.0] * (count + 1), names=np.resize(names, count + 1)))
    assert seen.distinct[ADDRESS, count] == pytest.approx(many, rel=0.34)


def test_unit_sees_what_the_reference_sees_on_any_number_of_shards() -> None:
    log = make_log(400, seed=5)
    expected = Reference(CONFIGURATION.period).visit(log.events(0, log.end))
    found = [
        seen_first(log.unit(0, log.end), replace(CONFIGURATION, shards=shards))
        for shards in (1, 2, 7)
    ]
    for seen in found:
        assert_seen(seen, expected)
        assert_same_bits(seen, found[0])


@pytest.mark.parametrize("count", [1, 2, 63, 250])
def test_unit_of_the_first_parcels_only_sees_the_same_bits(count: int) -> None:
    log = make_log(400, seed=6)
    whole, part = (seen_first(log.unit(0, log.after(0, n))) for n in (400, count))
    for name in ("counts", "values", "weights", "total", "distinct", "age_hours", "idle_hours"):
        left, right = getattr(whole, name)[..., :count], getattr(part, name)
        assert np.array_equal(left, right, equal_nan=True), name


@pytest.mark.parametrize(("column", "shape"), [("value", (3,)), ("ids", (5, 2)), ("names", (2, 1))])
def test_parcels_with_a_column_of_another_shape_are_refused(
    column: str, shape: tuple[int, ...]
) -> None:
    parcels: Parcels = at_one_address([0, 1]).parcels
    with pytest.raises(ValueError, match=rf"^Parcels.{column}: expected shape .*, got "):
        replace(parcels, **{column: np.zeros(shape)})


def test_unit_with_offsets_outside_of_it_is_refused() -> None:
    log: Log = make_log(10, seed=1)
    with pytest.raises(ValueError, match=r"manifests:0: expected rising offsets in \[0, 3\), got"):
        Unit(log.source, 0, 3, log.parcels)
    with pytest.raises(ValueError, match=r"expected 0 <= start < next, got 5 and 5$"):
        log.unit(5, 5)
