"""`/metrics`, `/healthz` and `/readyz` of a process."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from streams import clock
from streams.health import Health
from streams.kafka.clients import MAX_POLL_INTERVAL_MS
from streams.login import CHALLENGE, REFUSAL, Login
from streams.settings import MetricsSettings, SettingsError

NEEDS: Final = ("transactions", "store", "joined")
_TEXT: Final = "text/plain; charset=utf-8"
_OK, _UNAUTHORIZED, _NOT_FOUND, _UNAVAILABLE = 200, 401, 404, 503
_OPEN: Final = ("/healthz", "/readyz")
"""Orchestrators ask these without a password; they name loops and needs, and nothing else."""


def health_of(*loops: str) -> Health:
    """Return the health of a process with these loops, none of which has gone round yet."""
    patience = MAX_POLL_INTERVAL_MS / 1000
    return Health(loops, NEEDS, patience, clock.monotonic, clock.utc_now)


def serve_monitoring(settings: MetricsSettings, health: Health) -> ThreadingHTTPServer | None:
    """Answer in a thread of its own, unless the port is 0.

    Raises `SettingsError` if the address cannot be had.
    """
    if not settings.port:
        return None
    place = (settings.host, settings.port)
    try:
        server = ThreadingHTTPServer(place, _handler_of(health, Login(settings.credentials)))
    except OSError as error:
        raise SettingsError(
            f"metrics.host, metrics.port: expected an address of ours that is free, got "
            f"{settings.host}:{settings.port}: {error.strerror or error}"
        ) from None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="monitoring", daemon=True).start()
    return server


def answer(path: str, health: Health, admitted: bool = True) -> tuple[int, str, bytes]:
    """Return status, content type and body of a page, for somebody who is admitted or not."""
    if not admitted and path not in _OPEN:
        return _UNAUTHORIZED, _TEXT, REFUSAL.encode()
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


def _handler_of(health: Health, login: Login) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            admitted = login.admits(self.headers.get("Authorization"))
            status, content_type, body = answer(self.path.partition("?")[0], health, admitted)
            self.send_response(status)
            for name, value in CHALLENGE.items() if status == _UNAUTHORIZED else ():
                self.send_header(name, value)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """A line every few seconds would say nothing."""

    return Handler
