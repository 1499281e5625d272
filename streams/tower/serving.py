"""`greenlane tower`: the application as a process."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from contextlib import suppress
from pathlib import Path

import faust
from aiokafka.errors import KafkaError

from streams import logs
from streams.clock_watch import watch_clock
from streams.kafka.collecting import ConsumeError
from streams.kafka.reaching import require_broker
from streams.memory import settle
from streams.monitoring import health_of, serve_monitoring
from streams.settings import load_settings
from streams.tower.plain_logs import leave_out_tracebacks
from streams.tower.tower import Tower
from streams.tower.views import add_views


def serve_tower() -> None:
    """Run the control tower until stopped; raise what has ended its join step."""
    logs.log_to_stderr()
    leave_out_tracebacks()
    settings = load_settings()
    watch_clock()
    health = health_of("passages", "tables")
    serve_monitoring(settings.metrics, health)
    require_broker(settings.kafka)
    with tempfile.TemporaryDirectory(prefix="greenlane-tower-") as folder:
        tower = Tower(settings, Path(folder), health)
        add_views(tower)
        worker = faust.Worker(
            tower.app,
            loglevel=logging.INFO,
            redirect_stdouts=False,
            override_logging=False,
            quiet=True,
        )
        settle()
        try:
            _run(worker)
        except KafkaError as error:
            raise ConsumeError(f"Tower: {error}; see `greenlane doctor`") from error
        finally:
            if tower.failure is not None:
                raise tower.failure


def _run(worker: faust.Worker) -> None:
    """Run until a signal comes or something fails, which is raised.

    Faust's own way prints a traceback of whatever that is, and ends the process.
    """
    started = worker._starting_fut = asyncio.ensure_future(worker.start(), loop=worker.loop)
    try:
        with suppress(asyncio.CancelledError):
            worker.loop.run_until_complete(started)
    finally:
        started.cancel()
        worker.on_worker_shutdown()
        worker.stop_and_shutdown()
