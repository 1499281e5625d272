"""`greenlane tower`: the application as a process."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

import faust

from streams import logs
from streams.memory import settle
from streams.monitoring import health_of, serve_monitoring
from streams.settings import load_settings
from streams.tower.tower import Tower
from streams.tower.views import add_views


def serve_tower() -> None:
    """Run the control tower until stopped; raise what has ended its join step."""
    logs.log_to_stderr()
    settings = load_settings()
    health = health_of("passages", "tables")
    serve_monitoring(settings.metrics, health)
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
            worker.execute_from_commandline()
        finally:
            if tower.failure is not None:
                raise tower.failure
