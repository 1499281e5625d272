"""The processes that run until they are told to stop."""

from __future__ import annotations

from streams import logs, metrics
from streams.learner import Learner
from streams.settings import load_settings
from streams.simulation import SimulationPlan, simulate
from streams.stopping import stop_on_signals
from streams.worker import Worker


def serve_worker() -> None:
    """Screen manifests."""
    logs.log_to_stderr()
    settings = load_settings()
    stop = stop_on_signals()
    metrics.serve_metrics(settings.metrics)
    Worker(settings).run(stop)


def serve_learner() -> None:
    """Join and train."""
    logs.log_to_stderr()
    settings = load_settings()
    stop = stop_on_signals()
    metrics.serve_metrics(settings.metrics)
    Learner(settings).run(stop)


def serve_simulation(plan: SimulationPlan) -> None:
    """Play platforms and customs."""
    logs.log_to_stderr()
    simulate(load_settings(), plan, stop_on_signals())
