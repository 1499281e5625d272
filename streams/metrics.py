"""Every metric, declared once with its kind, unit, labels and meaning."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram, start_http_server

from streams.settings import MetricsSettings

MANIFESTS = Counter("greenlane_manifests", "Manifest records read, rejected ones included.")
DECISIONS = Counter("greenlane_decisions", "Decisions committed.", ["action", "arm"])
REJECTS = Counter("greenlane_rejects", "Records rejected.", ["topic"])
ABORTS = Counter("greenlane_transaction_aborts", "Transactions aborted and read again.")
BATCH_SECONDS = Histogram(
    "greenlane_batch_seconds",
    "Time from a batch's first record at hand to its commit.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
MODEL_LABELS = Gauge("greenlane_model_labels", "Labels learnt by the model in use.")
MODEL_IN_USE = Gauge("greenlane_model_in_use", "1 if a model decides, 0 if rules and novelty do.")
MODELS_REFUSED = Counter("greenlane_models_refused", "Snapshots that were not loaded.")
STORE_UP = Gauge("greenlane_store_up", "1 if the store answered last time, else 0.")
PROFILES_UP = Gauge(
    "greenlane_profiles_up", "1 if decisions see profiles, 0 if they wait or go without."
)
DEGRADED = Counter("greenlane_degraded_decisions", "Decisions made without profiles.")
ORDERS = Counter("greenlane_orders", "Platform orders stored.")
LATE_ORDERS = Counter("greenlane_late_orders", "Orders that came after their manifest.")
POLICY_REFUSED = Gauge(
    "greenlane_policy_refused", "1 while a changed file of analysts cannot be used.", ["kind"]
)
OUTCOMES = Counter("greenlane_outcomes", "Outcomes read, by what became of them.", ["result"])
MODEL_ALERTS = Counter("greenlane_model_alerts", "Alerts raised by the learner.", ["kind"])
DRIFTS = Counter("greenlane_drifts", "Figures that were found to have moved.", ["signal"])
CONTEST = Gauge(
    "greenlane_contest",
    "How well a model does on labels before it learns them.",
    ["model", "figure"],
)
LABELS = Counter("greenlane_labels_learnt", "Labels learnt by the trainer.", ["label"])


def serve_metrics(settings: MetricsSettings) -> None:
    """Serve `/metrics`, unless the port is 0."""
    if settings.port:
        start_http_server(settings.port, settings.host)
