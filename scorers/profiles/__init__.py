"""Profiles of consignees, shippers, sellers, addresses, IOSS numbers and lanes, kept in a store.

What a worker does:

1. Once: `ProfileStore(client, ProfileConfiguration(secret, shards=1), session)` and `open()`;
   `Identities(secret)` for keyed hashes.
2. When a partition is assigned, and after an error or an abort:
   `found = store.resume(Source(topic, partition), committed, begin=nothing_was_ever_committed)`.
   If `found.next` is not None, the first unit must end exactly there. If `found.behind` is not
   empty, the store has lost updates: read from `found.behind[0]` on and `apply` units, cut at each
   of these positions, up to `committed`.
3. For each batch, one `Unit` a partition with `identities.parcels(table, ...)`:
   `seen = store.visit(units)`, or `flight = store.send(units)`, other work, `flight.receive()`.
   Each `Seen` has columns by kind and parcel; `seen.orders` is what the platform's orders say.

The store keeps exponentially decayed sums over 24 hours, 7 and 30 days, moments, a sketch of
counterparties, first and last event and inspections, in 76 bytes (88 once a parcel was near a
threshold or inspected). One call a shard and unit reads, updates and returns them, and remembers
its answer until the unit after it, so that a replay sees the same values.
"""

from scorers.profiles.calls import InFlight
from scorers.profiles.configuration import ProfileConfiguration
from scorers.profiles.errors import (
    ConfigurationMismatchError,
    PositionError,
    ProfileError,
    SessionError,
    StoreBrokenError,
    StoreFullError,
    StoreLostError,
    StoreReadOnlyError,
    StoreRefusedError,
    StoreUnreachableError,
)
from scorers.profiles.identities import Identities
from scorers.profiles.layout import KINDS, WINDOWS
from scorers.profiles.orders import EarlyParcel, Orders, OrderUnit
from scorers.profiles.outcomes import OutcomeUnit
from scorers.profiles.positions import Resumed
from scorers.profiles.seen import Seen
from scorers.profiles.store import ProfileStore
from scorers.profiles.units import Parcels, Source, Unit

__all__ = [
    "KINDS",
    "WINDOWS",
    "ConfigurationMismatchError",
    "EarlyParcel",
    "Identities",
    "InFlight",
    "OrderUnit",
    "Orders",
    "OutcomeUnit",
    "Parcels",
    "PositionError",
    "ProfileConfiguration",
    "ProfileError",
    "ProfileStore",
    "Resumed",
    "Seen",
    "SessionError",
    "Source",
    "StoreBrokenError",
    "StoreFullError",
    "StoreLostError",
    "StoreReadOnlyError",
    "StoreRefusedError",
    "StoreUnreachableError",
    "Unit",
]
