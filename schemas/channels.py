"""The topics as others see them: what is on them, who writes it, and by which key."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Writer = Literal["others", "greenlane"]


class Channel(NamedTuple):
    """One topic. `setting` is its name among the settings of topics; the topic's own may differ.

    `record` is its name in the catalogue, or None where any bytes may be. Records of an internal
    topic go between Greenlane's own processes: read them, but do not write them.
    """

    setting: str
    record: str | None
    written_by: Writer
    key: str
    summary: str
    internal: bool = False


CHANNELS: Final = (
    Channel(
        "manifests", "manifest", "others", "id of the consignee", "What platforms declare: a parcel"
    ),
    Channel(
        "orders",
        "order",
        "others",
        "platform id and order id, joined by a colon",
        "What platforms sold, to hold declarations against",
    ),
    Channel("outcomes", "outcome", "others", "item id", "What inspections found"),
    Channel(
        "clearance",
        "clearance",
        "others",
        "item id",
        "What happens to a held parcel: it arrived, was inspected, was released",
    ),
    Channel(
        "hold",
        "decision",
        "greenlane",
        "item id",
        "Decisions to hold, with reasons, controls and the features they were made from",
    ),
    Channel("clear", "decision", "greenlane", "item id", "Decisions to clear"),
    Channel(
        "rejected",
        None,
        "greenlane",
        "as received",
        "Records that cannot be read, byte for byte; the reason is in their headers",
    ),
    Channel(
        "alerts",
        "alert",
        "greenlane",
        "what the alert is about",
        "What no single decision shows, such as an order that came too late",
    ),
    Channel(
        "training",
        "example",
        "greenlane",
        "none; the topic has one partition",
        "Labelled examples in the order learnt; every model is a fold of them",
    ),
    Channel(
        "ioss_ledger",
        "ledger-entry",
        "greenlane",
        "IOSS number and month",
        "What is due under each IOSS number: running totals, compacted",
    ),
    Channel(
        "lane_stats",
        "lane-stats",
        "greenlane",
        "group of series",
        "Sums over the parcels of a batch, by lane, platform, country and office",
        internal=True,
    ),
    Channel(
        "held_stats",
        "held-stats",
        "greenlane",
        "the same for all",
        "How long held parcels take, and who sent to whom",
        internal=True,
    ),
    Channel(
        "ioss_deltas",
        "ledger-deltas",
        "greenlane",
        "group of IOSS numbers",
        "What a batch adds to the ledger, and corrections",
        internal=True,
    ),
)
