"""The processes that run until they are told to stop."""

from __future__ import annotations

from streams import logs
from streams.learner import Learner
from streams.monitoring import health_of, serve_monitoring
from streams.settings import load_settings
from streams.simulation import SimulationPlan, simulate
from streams.stopping import stop_on_signals
from streams.worker import Worker


def serve_worker() -> None:
    """Screen manifests."""
    logs.log_to_stderr()
    settings = load_settings()
    stop = stop_on_signals()
    health = health_of("screening")
    serve_monitoring(settings.metrics, health)
    Worker(settings, health).run(stop)


def serve_learner() -> None:
    """Join and train."""
    logs.log_to_stderr()
    settings = load_settings()
    stop = stop_on_signals()
    health = health_of("outcomes")
    serve_monitoring(settings.metrics, health)
    Learner(settings, health).run(stop)


def serve_simulation(plan: SimulationPlan) -> None:
    """Play platforms and customs."""
    logs.log_to_stderr()
    simulate(load_settings(), plan, stop_on_signals())
