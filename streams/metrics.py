"""Every metric, declared once with its kind, unit, bounded labels and meaning."""

from __future__ import annotations

from typing import Final, get_args

from schemas.alert import AlertKind
from schemas.codec import ErrorKind
from schemas.types import Action, Arm
from streams.metric_kinds import (
    DECLARED as DECLARED,
)
from streams.metric_kinds import (
    batch_histogram,
    counter,
    counter_by,
    gauge,
    gauge_by,
    histogram_by,
)

MOST_OFFICES: Final = 200
"""Offices that have series of their own; further ones count as "other"."""

_ARMS: Final = get_args(Arm)
_LOOPS: Final = ("screening", "outcomes", "passages")
_STAGES: Final = ("read", "ask", "screen", "produce", "commit")
_MOST_NAMES: Final = 20
_SHORT: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_LATENCY: Final = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 3600.0)
_SIZES: Final = (1, 10, 50, 100, 200, 500, 1000, 2000, 5000)
_CHANCES: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_HOUR: Final = 3600.0
_DELAYS: Final = tuple(_HOUR * hours for hours in (1 / 60, 1, 4, 12, 24, 48, 96, 168, 336, 720))

# The worker.
MANIFESTS = counter("greenlane_manifests_total", "Manifest records read, rejected ones included.")
DECISIONS = counter_by(
    "greenlane_decisions_total",
    "Decisions committed.",
    {"action": get_args(Action), "arm": _ARMS},
)
HOLDS = counter_by(
    "greenlane_holds_total", "Holds committed.", {"arm": _ARMS, "office": MOST_OFFICES}
)
REJECTS = counter_by(
    "greenlane_rejects_total",
    "Records rejected: too large, no JSON, of another version, or against the contract.",
    {"topic": _MOST_NAMES, "reason": get_args(ErrorKind)},
)
LATENCY = batch_histogram(
    "greenlane_latency_seconds",
    "Time from a manifest's record timestamp to the commit of its decision.",
    _LATENCY,
    "seconds",
)
CHANCES = batch_histogram(
    "greenlane_probability", "Chances of a violation, as decisions state them.", _CHANCES, "ratio"
)
BUDGET = gauge("greenlane_budget_share", "Share of parcels that the default budget holds.", "ratio")
BUDGET_USE = gauge_by(
    "greenlane_budget_use_ratio",
    "Holds of all workers in the newest hour, by what its budget allows until now.",
    {"office": MOST_OFFICES},
    "ratio",
)
ASSESSED = counter("greenlane_assessed_euros_total", "Duty and tax owed as declared.", "euros")
AT_STAKE = counter(
    "greenlane_revenue_at_stake_euros_total",
    "Revenue that would be lost if goods are worth what is usual.",
    "euros",
)
AT_STAKE_HELD = counter(
    "greenlane_held_revenue_at_stake_euros_total", "The part of it in parcels held.", "euros"
)
DEGRADED = counter("greenlane_degraded_decisions_total", "Decisions made without profiles.")
DEGRADED_SECONDS = counter(
    "greenlane_degraded_seconds_total", "Time in which profiles were away.", "seconds"
)
ORDERS = counter("greenlane_orders_total", "Platform orders stored.")
LATE_ORDERS = counter("greenlane_late_orders_total", "Orders that came after their manifest.")
MODEL_IN_USE = gauge("greenlane_model_in_use", "1 if a model decides, 0 if rules and novelty do.")
MODEL_MADE = gauge(
    "greenlane_model_made_timestamp_seconds",
    "When the model in use was made or, in the learner, last published (Unix time).",
    "seconds",
)
MODELS_REFUSED = counter("greenlane_models_refused_total", "Snapshots that were not loaded.")
PROFILES_UP = gauge(
    "greenlane_profiles_up", "1 if decisions see profiles, 0 if they wait or go without."
)
POLICY_REFUSED = gauge_by(
    "greenlane_policy_refused",
    "1 while a changed file of analysts cannot be used.",
    {"kind": _MOST_NAMES},
)

# Every loop: the worker's, the learner's join and the tower's join.
LAG = gauge_by(
    "greenlane_lag_records", "Records not committed yet, markers included.", {"loop": _LOOPS}
)
LAG_SECONDS = gauge_by(
    "greenlane_lag_seconds",
    "Age of the newest record committed, while there are others; else 0.",
    {"loop": _LOOPS},
    "seconds",
)
BATCH_SECONDS = histogram_by(
    "greenlane_batch_seconds",
    "Time from a batch's begin to its commit.",
    {"loop": _LOOPS},
    _SHORT,
    "seconds",
)
BATCH_RECORDS = histogram_by(
    "greenlane_batch_records", "Records of a batch.", {"loop": _LOOPS}, _SIZES, "records"
)
STAGE_SECONDS = histogram_by(
    "greenlane_stage_seconds",
    "Time that a batch took in a stage.",
    {"loop": _LOOPS, "stage": _STAGES},
    _SHORT,
    "seconds",
)
ABORTS = counter_by(
    "greenlane_transaction_aborts_total",
    "Transactions aborted and read again.",
    {"loop": _LOOPS},
)
HEARTBEAT = gauge_by(
    "greenlane_heartbeat_timestamp_seconds",
    "When a loop last went round (Unix time).",
    {"loop": _MOST_NAMES},
    "seconds",
)
STORE_UP = gauge("greenlane_store_up", "1 if the store answered last time, else 0.")
STORE_SECONDS = histogram_by(
    "greenlane_store_seconds",
    "Time that a call of the store took.",
    {"call": ("model", "budgets", "ping")},
    _SHORT,
    "seconds",
)

# The Kafka client library of every loop.
_CLIENTS: Final = ("consumer", "producer")
KAFKA_ROUND_TRIP = gauge_by(
    "greenlane_kafka_round_trip_seconds",
    "Time that the slowest broker took to answer requests of late.",
    {"client": _CLIENTS, "quantile": ("0.5", "0.99")},
    "seconds",
)
KAFKA_IN_FLIGHT = gauge_by(
    "greenlane_kafka_requests_in_flight", "Requests not answered yet.", {"client": _CLIENTS}
)
KAFKA_QUEUED = gauge_by(
    "greenlane_kafka_queued_records",
    "Records that wait in the library: fetched and not read, or produced and not acknowledged.",
    {"client": _CLIENTS},
)
KAFKA_QUEUED_BYTES = gauge_by(
    "greenlane_kafka_queued_bytes", "Their size.", {"client": _CLIENTS}, "bytes"
)
KAFKA_TROUBLES = counter_by(
    "greenlane_kafka_troubles_total",
    "Requests that failed, were sent again or not answered in time.",
    {"client": _CLIENTS},
)

# The learner.
MODEL_LABELS = gauge(
    "greenlane_model_labels",
    "Labels learnt by the model in use, which is its version in decisions.",
)
LABELS = counter_by(
    "greenlane_labels_learnt_total",
    "Labels learnt by the trainer.",
    {"label": ("violation", "compliant"), "arm": _ARMS},
)
LABEL_DELAY = batch_histogram(
    "greenlane_label_delay_seconds",
    "Time from a held parcel's manifest to the report of its outcome.",
    _DELAYS,
    "seconds",
)
OUTCOMES = counter_by(
    "greenlane_outcomes_total", "Outcomes read, by what became of them.", {"result": _MOST_NAMES}
)
MODEL_ALERTS = counter_by(
    "greenlane_model_alerts_total", "Alerts raised by the learner.", {"kind": get_args(AlertKind)}
)
DRIFTS = counter_by(
    "greenlane_drifts_total", "Figures that were found to have moved.", {"signal": _MOST_NAMES}
)
CONTEST = gauge_by(
    "greenlane_contest",
    "How well a model does on labels before it learns them.",
    {"model": _MOST_NAMES, "figure": ("precision", "log_loss", "calibration_error")},
)

# The tower.
TOWER_READY = gauge("greenlane_tower_ready", "1 once the tower's tables are recovered.")
TOWER_PARCELS = gauge("greenlane_tower_parcels", "Parcels in the tower's recent slots.", "parcels")
TOWER_LATEST = gauge(
    "greenlane_tower_latest_timestamp_seconds",
    "Newest second of the lanes' stream that was folded (Unix time).",
    "seconds",
)
TOWER_SERIES = gauge("greenlane_tower_series", "Lanes, platforms, countries and offices followed.")
TOWER_LEFT_OUT = gauge_by(
    "greenlane_tower_left_out",
    "What the tower could not take in since its start.",
    {"why": ("untracked", "too_late", "unreadable", "refused")},
)
TOWER_LAG = gauge_by(
    "greenlane_tower_lag_records",
    "Records of the tower's streams not folded yet, markers included.",
    {"stream": ("lanes", "ledger", "held")},
    "records",
)
TOWER_ALERTS = counter_by(
    "greenlane_tower_alerts_total", "Alerts raised by the tower.", {"kind": get_args(AlertKind)}
)
_AGAINST: Final = {"against": ("decisions", "return")}
LEDGER_MISMATCHES = gauge_by(
    "greenlane_ledger_mismatches",
    "Lines of the ledger that differ from the decisions, or from a return, when last compared.",
    _AGAINST,
)
LEDGER_COMPARED = gauge_by(
    "greenlane_ledger_compared_timestamp_seconds",
    "When the ledger was last compared (Unix time).",
    _AGAINST,
    "seconds",
)
DWELL = gauge_by(
    "greenlane_dwell_seconds",
    "How long parcels took to a stage in the last two hours, in the slowest of all places.",
    {"stage": ("decision", "inspection", "release"), "quantile": ("0.5", "0.9", "0.99")},
    "seconds",
)
DWELL_PARCELS = gauge_by(
    "greenlane_dwell_parcels",
    "Parcels that these durations are of.",
    {"stage": ("decision", "inspection", "release")},
    "parcels",
)
