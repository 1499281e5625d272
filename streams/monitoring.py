"""`/metrics`, `/healthz` and `/readyz` of a process."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from streams import clock
from streams.health import Health
from streams.kafka.clients import MAX_POLL_INTERVAL_MS
from streams.settings import MetricsSettings

NEEDS: Final = ("transactions", "store", "joined")
_TEXT: Final = "text/plain; charset=utf-8"
_OK, _NOT_FOUND, _UNAVAILABLE = 200, 404, 503


def health_of(*loops: str) -> Health:
    """Return the health of a process with these loops, none of which has gone round yet."""
    patience = MAX_POLL_INTERVAL_MS / 1000
    return Health(loops, NEEDS, patience, clock.monotonic, clock.utc_now)


def serve_monitoring(settings: MetricsSettings, health: Health) -> ThreadingHTTPServer | None:
    """Answer in a thread of its own, unless the port is 0."""
    if not settings.port:
        return None
    server = ThreadingHTTPServer((settings.host, settings.port), _handler_of(health))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="monitoring", daemon=True).start()
    return server


def answer(path: str, health: Health) -> tuple[int, str, bytes]:
    """Return status, content type and body of a page."""
    if path == "/metrics":
        return _OK, CONTENT_TYPE_LATEST, generate_latest()
    if path == "/healthz":
        return _told(health.ails())
    if path == "/readyz":
        return _told([f"{need}: not yet, or not now" for need in health.lacks()])
    return _NOT_FOUND, _TEXT, b"expected /metrics, /healthz or /readyz\n"


def _told(problems: list[str]) -> tuple[int, str, bytes]:
    if problems:
        return _UNAVAILABLE, _TEXT, "".join(f"{one}\n" for one in problems).encode()
    return _OK, _TEXT, b"ok\n"


def _handler_of(health: Health) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content_type, body = answer(self.path.partition("?")[0], health)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """A line every few seconds would say nothing."""

    return Handler
