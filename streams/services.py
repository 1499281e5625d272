"""The processes that run until they are told to stop.

Each imports what it runs when it starts: what the learner needs takes 100 MB, and no worker needs
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams import logs
from streams.clock_watch import watch_clock
from streams.kafka.reaching import require_broker
from streams.memory import share_arenas
from streams.monitoring import health_of, serve_monitoring
from streams.settings import load_settings
from streams.stopping import stop_on_signals

if TYPE_CHECKING:
    from streams.simulation import SimulationPlan


def serve_worker() -> None:
    """Screen manifests."""
    from streams.worker import Worker

    share_arenas()
    logs.log_to_stderr()
    settings = load_settings()
    stop = stop_on_signals()
    watch_clock()
    health = health_of("screening")
    serve_monitoring(settings.metrics, health)
    Worker(settings, health).run(stop)


def serve_learner() -> None:
    """Join and train."""
    from scorers.specs import spec_named
    from streams.learner import Learner

    logs.log_to_stderr()
    settings = load_settings()
    spec_named(settings.model.spec)  # what the settings name is looked at before any server
    stop = stop_on_signals()
    watch_clock()
    health = health_of("outcomes")
    serve_monitoring(settings.metrics, health)
    require_broker(settings.kafka)
    Learner(settings, health).run(stop)


def serve_simulation(plan: SimulationPlan) -> None:
    """Play platforms and customs."""
    from streams.simulation import simulate

    logs.log_to_stderr()
    settings = load_settings()
    require_broker(settings.kafka)
    simulate(settings, plan, stop_on_signals())
