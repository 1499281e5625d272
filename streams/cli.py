"""The command line."""

from __future__ import annotations

import typer

from streams import logs, metrics
from streams.settings import load_settings
from streams.stopping import stop_on_signals

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Greenlane screens parcels.")


@app.command()
def worker() -> None:
    """Screen manifests until stopped."""
    from streams.worker import Worker

    logs.log_to_stderr()
    settings = load_settings()
    stop = stop_on_signals()
    metrics.serve_metrics(settings.metrics)
    Worker(settings).run(stop)


@app.command()
def learner() -> None:
    """Join outcomes to holds and train the model until stopped."""
    from streams.learner import Learner

    logs.log_to_stderr()
    settings = load_settings()
    stop = stop_on_signals()
    metrics.serve_metrics(settings.metrics)
    Learner(settings).run(stop)


def main() -> None:
    """Run the command line."""
    app()
