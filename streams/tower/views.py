"""The tower's pages: JSON for programs, and one page for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any, Final

from faust.web import Request, Response, View

from schemas.alert import Alert
from schemas.codec import encode
from streams.clock import utc_now
from streams.ledger.rows import decimal_of
from streams.tower.tower import Tower

_WINDOW_SECONDS: Final = 60
_LANES: Final = 200
_PAGE: Final = files("streams.tower").joinpath("page.html")

Query = Mapping[str, str]


def add_views(tower: Tower) -> None:
    """Serve the tower's pages with its application."""
    views: dict[str, Callable[[Query], Any]] = {
        "/lanes": lambda query: lanes(tower, query),
        "/alerts": lambda _: alerts(tower),
        "/bottlenecks": lambda query: bottlenecks(tower, query),
        "/holds": lambda query: tower.join.queue(_most(query)),
        "/health": lambda _: tower.health(),
    }
    for path, answer in views.items():
        tower.app.page(path, name=path[1:])(_json_view(answer))
    tower.app.page("/ioss/{number}", name="ioss")(_ledger_view(tower))
    tower.app.page("/", name="page")(_page_view)


def lanes(tower: Tower, query: Query) -> list[dict[str, Any]]:
    """Return the busiest series of the last minute; `kind` is lane unless another is asked for."""
    kind = query.get("kind", "lane") + ":"
    lines = [
        line
        for book in tower.lanes.books.values()
        for line in book.table(_WINDOW_SECONDS, kind, _LANES)
    ]
    return sorted(lines, key=lambda line: (-line["parcels"], line["series"]))[: _most(query)]


def alerts(tower: Tower) -> list[Alert]:
    """Return the alerts that hold now, the newest of each subject, the newest first."""
    newest = {(one.kind, one.about): one for one in tower.folding.recent}
    now = utc_now()
    active = [one for one in newest.values() if one.expires_at is None or one.expires_at > now]
    return sorted(active, key=lambda one: one.raised_at, reverse=True)


def bottlenecks(tower: Tower, query: Query) -> list[dict[str, Any]]:
    """Return how long stages take by office, carrier and lane, the slowest first."""
    lines = [line for book in tower.held.dwell.values() for line in book.table()]
    wanted = query.get("stage")
    return [line for line in lines if wanted in (None, line["stage"])][: _most(query)]


def ioss(tower: Tower, number: str) -> list[dict[str, Any]]:
    """Return the ledger of an IOSS number, a line for each month and destination."""
    return [
        {
            "month": entry.month,
            "destination": line.destination,
            "currency": line.currency,
            "parcels": line.parcels,
            "value": decimal_of(line.value),
            "vat": decimal_of(line.vat),
            "excluded": line.excluded,
        }
        for book in tower.ledger.books.values()
        for entry in sorted(book.of(number), key=lambda one: one.month)
        for line in entry.lines
    ]


def _most(query: Query) -> int:
    asked = query.get("most", "50")
    return min(int(asked), _LANES) if asked.isdecimal() else 50


def _json_view(answer: Callable[[Query], Any]) -> Callable[[View, Request], Any]:
    async def view(self: View, request: Request) -> Response:
        return self.bytes(encode(answer(request.query)), content_type="application/json")

    return view


def _ledger_view(tower: Tower) -> Callable[..., Any]:
    async def view(self: View, _request: Request, number: str) -> Response:
        found = ioss(tower, number)
        status = 200 if found else 404
        return self.bytes(encode(found), content_type="application/json", status=status)

    return view


async def _page_view(self: View, _request: Request) -> Response:
    return self.html(_PAGE.read_text(encoding="utf-8"))
