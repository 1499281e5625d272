"""Item ids: S10 for post, house air waybills for the rest, in each operator's own sequence."""

from __future__ import annotations

from typing import Final

from streams.simulator.draws import Draws

_HALF: Final = 10_000
_SERIALS: Final = 100_000_000
_SERVICES: Final = ("LX", "RR", "UA", "CP")
_PER_SERVICE: Final = 100_000
_DIGITS: Final = 10


def _weighted_sums() -> tuple[list[int], list[int]]:
    """Return for each half of a serial its weighted digit sum: two look-ups make a check digit."""
    numbers = [f"{n:04d}" for n in range(_HALF)]
    high = [sum(w * int(d) for w, d in zip((8, 6, 4, 2), n, strict=True)) for n in numbers]
    low = [sum(w * int(d) for w, d in zip((3, 5, 9, 7), n, strict=True)) for n in numbers]
    return high, low


_HIGH, _LOW = _weighted_sums()
_CHECK: Final = tuple({10: 0, 11: 5}.get(11 - r, 11 - r) for r in range(11))


class ItemIds:
    """Serials of every operator, each from a start of its own."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._next: dict[str, int] = {}

    def reserve(self, operator: str, count: int = 1) -> int:
        """Return the first of `count` consecutive serials of `operator`."""
        first = self._next.get(operator)
        if first is None:
            first = self._draws.below(_SERIALS)
        self._next[operator] = first + count
        return first


def s10(serial: int, country: str, digit_off: int = 0) -> str:
    """Return an S10 item id; its check digit is right if `digit_off` is 0.

    >>> s10(47312482, "CN")
    'RR473124829CN'
    """
    serial %= _SERIALS
    check = _CHECK[(_HIGH[serial // _HALF] + _LOW[serial % _HALF]) % 11]
    service = _SERVICES[serial // _PER_SERVICE % len(_SERVICES)]
    return f"{service}{serial:08d}{(check + digit_off) % _DIGITS}{country}"


def waybill(serial: int, operator: str) -> str:
    """Return a house air waybill number.

    >>> waybill(1234, "aquila-express")
    'AQ0000001234'
    """
    return f"{operator[:2].upper()}{serial:010d}"
