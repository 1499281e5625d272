"""The Faust application: how it reaches the broker, and what it must not do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import faust
from aiohttp.web import Request, Response, StreamResponse, middleware

from streams.login import CHALLENGE, REFUSAL, Login
from streams.settings import Settings
from streams.tower.committed import CommittedTransport
from streams.tower.credentials import credentials_of

_VERSION: Final = 1
_REBALANCE_SECONDS: Final = 10.0

RAW: Final[dict[str, Any]] = {
    "key_type": bytes,
    "value_type": bytes,
    "key_serializer": "raw",
    "value_serializer": "raw",
    "allow_empty": True,
    # What is taken in is committed by its position, not record by record.
    "acks": False,
}
"""How a topic is declared whose records are bytes."""


def new_app(settings: Settings, folder: Path) -> faust.App:
    """Return the application without its agents; Faust keeps a few small files in `folder`."""
    kafka, tower = settings.kafka, settings.tower
    session = kafka.session_timeout_ms / 1000
    servers = ";".join(f"kafka://{one}" for one in kafka.bootstrap_servers.split(","))
    app = faust.App(
        tower.group,
        version=_VERSION,
        broker=servers,
        broker_credentials=credentials_of(kafka.client),
        datadir=str(folder),
        store="memory://",
        autodiscover=False,
        origin=None,
        # At least once: totals carry the offsets that are in them, so repeats count once.
        processing_guarantee="at_least_once",
        broker_session_timeout=session,
        broker_heartbeat_interval=kafka.heartbeat_interval_ms / 1000,
        broker_rebalance_timeout=max(_REBALANCE_SECONDS, session),
        broker_request_timeout=max(90.0, session + 1),
        broker_max_poll_interval=300.0,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=4 * 1024 * 1024,
        producer_max_request_size=4 * 1024 * 1024,
        table_standby_replicas=0,
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
        stream_buffer_maxsize=1_024,
        topic_disable_leader=True,
        topic_partitions=settings.topics.partitions,
        topic_replication_factor=settings.topics.replication,
        web_bind=tower.host,
        web_host=tower.host,
        web_port=tower.port,
        web_application_options={"middlewares": [_asking(Login(tower.credentials))]},
    )
    app.transport = CommittedTransport(app.conf.broker_consumer, app)
    return app


def _asking(login: Login) -> Any:
    """Return what looks at each request first, those for Faust's own pages among them."""

    @middleware
    async def asked(
        request: Request, handler: Callable[[Request], Awaitable[StreamResponse]]
    ) -> StreamResponse:
        if login.admits(request.headers.get("Authorization")):
            return await handler(request)
        return Response(text=REFUSAL, status=401, headers=CHALLENGE)

    return asked
