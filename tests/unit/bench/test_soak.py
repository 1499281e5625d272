"""Whether something grew."""

from __future__ import annotations

import pytest

from bench.soak.sampling import trends


def test_trends_leave_the_warm_up_out_and_tell_what_grows() -> None:
    seconds = [float(10 * number) for number in range(100)]
    samples = [
        {"flat": 300.0 if number < 20 else 500.0, "grows": 2.0 * number} for number in range(100)
    ]
    flat, grows = trends(seconds, samples)
    assert (flat.first, flat.last, flat.highest) == (500.0, 500.0, 500.0)
    assert flat.an_hour == pytest.approx(0.0, abs=1e-6)
    assert grows.last > grows.first
    assert grows.an_hour == pytest.approx(720.0)
