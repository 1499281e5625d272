"""The three dashboards: operations, model and policy, supply chain and revenue."""

from __future__ import annotations

from typing import Final

from deploy.dashboards.panels import Board, Panel, quantile, quantiles, rate

_VIOLATIONS: Final = 'greenlane_labels_learnt_total{label="violation"}'


def _none_is_0(query: str) -> str:
    """Return a query that finds a zero while nothing has happened yet."""
    return f"{query} or vector(0)"


OPERATIONS: Final = Board(
    "greenlane-operations",
    "Greenlane: operations",
    {
        "Flow": [
            Panel(
                "Parcels a second",
                "ops",
                [
                    (rate("greenlane_manifests_total"), "read"),
                    (rate("greenlane_decisions_total", "action"), "{{action}}"),
                ],
            ),
            Panel("Manifest to commit", "s", quantiles("greenlane_latency_seconds")),
            Panel(
                "Within a second",
                "percentunit",
                [
                    (
                        'sum(rate(greenlane_latency_seconds_bucket{le="1.0"}[5m]))'
                        " / sum(rate(greenlane_latency_seconds_count[5m]))",
                        "objective: 99 %",
                    )
                ],
            ),
            Panel("Lag", "short", [("sum by (loop) (greenlane_lag_records)", "{{loop}}")]),
            Panel("Lag in time", "s", [("max by (loop) (greenlane_lag_seconds)", "{{loop}}")]),
            Panel(
                "Rejects a second",
                "ops",
                [(rate("greenlane_rejects_total", "reason"), "{{reason}}")],
            ),
        ],
        "Work": [
            Panel(
                "Stages of a screening batch, p95",
                "s",
                [
                    (
                        "histogram_quantile(0.95, sum by (le, stage) "
                        '(rate(greenlane_stage_seconds_bucket{loop="screening"}[1m])))',
                        "{{stage}}",
                    )
                ],
            ),
            Panel(
                "Batch, p95", "s", [(quantile(0.95, "greenlane_batch_seconds", "loop"), "{{loop}}")]
            ),
            Panel(
                "Records of a batch",
                "short",
                [
                    (
                        f"{rate('greenlane_batch_records_sum', 'loop')}"
                        f" / {rate('greenlane_batch_records_count', 'loop')}",
                        "{{loop}}",
                    )
                ],
            ),
            Panel(
                "Aborted transactions a second",
                "ops",
                [(_none_is_0(rate("greenlane_transaction_aborts_total")), "all loops")],
            ),
            Panel(
                "Since the loops went round",
                "s",
                [("time() - greenlane_heartbeat_timestamp_seconds", "{{instance}} {{loop}}")],
            ),
            Panel(
                "Cores used",
                "short",
                [('rate(process_cpu_seconds_total{job="greenlane"}[1m])', "{{instance}}")],
            ),
        ],
        "Kafka clients": [
            Panel(
                "Round trip, p99",
                "s",
                [
                    (
                        'max by (client) (greenlane_kafka_round_trip_seconds{quantile="0.99"})',
                        "{{client}}",
                    )
                ],
            ),
            Panel(
                "Records waiting in the library",
                "short",
                [("sum by (client) (greenlane_kafka_queued_records)", "{{client}}")],
            ),
            Panel(
                "Bytes waiting in the library",
                "bytes",
                [("sum by (client) (greenlane_kafka_queued_bytes)", "{{client}}")],
            ),
            Panel(
                "Requests in flight",
                "short",
                [("sum by (client) (greenlane_kafka_requests_in_flight)", "{{client}}")],
            ),
            Panel(
                "Requests in trouble a second",
                "ops",
                [(rate("greenlane_kafka_troubles_total", "client"), "{{client}}")],
            ),
        ],
        "Store": [
            Panel(
                "Calls, p95", "s", [(quantile(0.95, "greenlane_store_seconds", "call"), "{{call}}")]
            ),
            Panel("Store answers", "bool", [("greenlane_store_up", "{{instance}}")]),
            Panel(
                "Without profiles",
                "percentunit",
                [
                    (rate("greenlane_degraded_seconds_total"), "share of time"),
                    (
                        f"{rate('greenlane_degraded_decisions_total')}"
                        f" / {rate('greenlane_manifests_total')}",
                        "share of decisions",
                    ),
                ],
            ),
        ],
    },
)

MODEL: Final = Board(
    "greenlane-model",
    "Greenlane: model and policy",
    {
        "Policy": [
            Panel(
                "Share held",
                "percentunit",
                [
                    (
                        f"{rate('greenlane_holds_total', 'arm')}"
                        f" / scalar({rate('greenlane_manifests_total')})",
                        "{{arm}}",
                    ),
                    ("max(greenlane_budget_share)", "budget"),
                ],
            ),
            Panel(
                "Holds a second by office",
                "ops",
                [(rate("greenlane_holds_total", "office"), "{{office}}")],
            ),
            Panel(
                "Budget of the hour used, by office",
                "percentunit",
                [("max by (office) (greenlane_budget_use_ratio)", "{{office}}")],
            ),
            Panel("Chances of a violation", "percentunit", quantiles("greenlane_probability")),
            Panel(
                "Files refused", "bool", [("max by (kind) (greenlane_policy_refused)", "{{kind}}")]
            ),
        ],
        "Labels": [
            Panel(
                "Precision by arm, of an hour",
                "percentunit",
                [
                    (
                        f"sum by (arm) (increase({_VIOLATIONS}[1h]))"
                        " / sum by (arm) (increase(greenlane_labels_learnt_total[1h]))",
                        "{{arm}}",
                    )
                ],
            ),
            Panel(
                "Labels a second",
                "ops",
                [(rate("greenlane_labels_learnt_total", "label"), "{{label}}")],
            ),
            Panel(
                "Outcomes a second",
                "ops",
                [(rate("greenlane_outcomes_total", "result"), "{{result}}")],
            ),
            Panel("Label delay", "s", quantiles("greenlane_label_delay_seconds")),
        ],
        "Models": [
            Panel(
                "Labels learnt by the model in use",
                "short",
                [("greenlane_model_labels", "{{instance}}")],
            ),
            Panel(
                "Age of the model in use",
                "s",
                [("time() - greenlane_model_made_timestamp_seconds", "{{instance}}")],
            ),
            Panel(
                "Snapshots refused, workers without a model",
                "short",
                [
                    ("sum(greenlane_models_refused_total)", "refused"),
                    (_none_is_0("count(greenlane_model_in_use == 0)"), "without a model"),
                ],
            ),
            Panel("Contest", "percentunit", [("greenlane_contest", "{{model}} {{figure}}")]),
            Panel(
                "Drifts and alerts of a day",
                "short",
                [
                    (
                        _none_is_0("sum by (signal) (increase(greenlane_drifts_total[1d]))"),
                        "{{signal}}",
                    ),
                    (
                        _none_is_0("sum by (kind) (increase(greenlane_model_alerts_total[1d]))"),
                        "{{kind}}",
                    ),
                ],
            ),
        ],
    },
)

SUPPLY_CHAIN: Final = Board(
    "greenlane-supply-chain",
    "Greenlane: supply chain and revenue",
    {
        "Revenue": [
            Panel(
                "Assessed, euro a second",
                "currencyEUR",
                [(rate("greenlane_assessed_euros_total"), "owed")],
            ),
            Panel(
                "Revenue at stake, euro a second",
                "currencyEUR",
                [
                    (rate("greenlane_revenue_at_stake_euros_total"), "in all parcels"),
                    (rate("greenlane_held_revenue_at_stake_euros_total"), "in parcels held"),
                ],
            ),
            Panel(
                "Orders a second",
                "ops",
                [
                    (rate("greenlane_orders_total"), "stored"),
                    (rate("greenlane_late_orders_total"), "after their manifest"),
                ],
            ),
        ],
        "Durations": [
            Panel(
                "To a stage, slowest place",
                "s",
                [("max by (stage, quantile) (greenlane_dwell_seconds)", "{{stage}} {{quantile}}")],
            ),
            Panel(
                "Parcels behind these figures",
                "short",
                [("sum by (stage) (greenlane_dwell_parcels)", "{{stage}}")],
            ),
            Panel(
                "Alerts of an hour",
                "short",
                [
                    (
                        _none_is_0("sum by (kind) (increase(greenlane_tower_alerts_total[1h]))"),
                        "{{kind}}",
                    )
                ],
            ),
        ],
        "Tower": [
            Panel(
                "Behind the clock",
                "s",
                [("time() - greenlane_tower_latest_timestamp_seconds", "{{instance}}")],
            ),
            Panel(
                "Records behind",
                "short",
                [("sum by (stream) (greenlane_tower_lag_records)", "{{stream}}")],
            ),
            Panel(
                "Parcels and series followed",
                "short",
                [
                    ("sum(greenlane_tower_parcels)", "parcels"),
                    ("sum(greenlane_tower_series)", "series"),
                ],
            ),
            Panel(
                "Left out, and ready",
                "short",
                [
                    ("sum by (why) (greenlane_tower_left_out)", "{{why}}"),
                    ("min(greenlane_tower_ready)", "ready"),
                ],
            ),
            Panel(
                "Since the ledger was compared",
                "s",
                [
                    (
                        _none_is_0(
                            "time() - max by (against) "
                            "(greenlane_ledger_compared_timestamp_seconds)"
                        ),
                        "{{against}}",
                    )
                ],
            ),
            Panel(
                "Lines of the ledger that differ, when last compared",
                "short",
                [
                    (
                        _none_is_0("max by (against) (greenlane_ledger_mismatches)"),
                        "{{against}}",
                    )
                ],
            ),
        ],
    },
)

BOARDS: Final = {"operations": OPERATIONS, "model": MODEL, "supply-chain": SUPPLY_CHAIN}
