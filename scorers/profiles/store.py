"""The profile store: what workers, the reader of orders and the learner ask of Redis or Valkey."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from scorers.profiles import library
from scorers.profiles.calls import Call, Caller, InFlight
from scorers.profiles.configuration import ProfileConfiguration
from scorers.profiles.errors import ConfigurationMismatchError
from scorers.profiles.orders import EarlyParcel, OrderUnit
from scorers.profiles.outcomes import OutcomeUnit
from scorers.profiles.placing import OrderExchange
from scorers.profiles.positions import Resumed, lost, resumed
from scorers.profiles.seen import Seen
from scorers.profiles.units import Source, Unit
from scorers.profiles.visiting import VisitExchange
from scorers.profiles.wire import Client


class Answers(NamedTuple):
    """What the parcels of each unit saw, and which parcels came before each unit's orders."""

    seen: list[Seen]
    early: list[list[EarlyParcel]]


class ProfileStore:
    """Profiles and orders in Redis or Valkey, on one server or a cluster.

    `session` names this process, differently from any other and from those before it: who resumes
    a source shuts out the session that had it. After a call that failed, its sources have to be
    resumed; a unit that comes again is then applied once and seen as it was the first time.
    """

    def __init__(self, client: Client, configuration: ProfileConfiguration, session: str) -> None:
        self._client = client
        self._configuration = configuration
        self._caller = Caller(client, configuration, session.encode())
        self._shards = range(configuration.shards)

    def open(self) -> None:
        """Load the store's functions, and check that it was filled as we are configured.

        Raises ConfigurationMismatchError when it was not.
        """
        library.load(self._client)
        ours = self._configuration.text
        for answer in self._caller.every("configure", [ours.encode()], self._shards):
            theirs = answer.decode("utf-8", "replace")
            if theirs != ours:
                raise ConfigurationMismatchError(
                    f"Profiles: expected a store of {ours}; got one of {theirs}"
                )

    def resume(
        self, source: Source, position: int, *, begin: bool = False, skip: bool = False
    ) -> Resumed:
        """Claim a source from `position` on, its committed offset; return where it stands.

        To be called when a partition is assigned, and after an error or an aborted transaction.
        `begin` allows a source that the store does not know, since nothing was ever committed.
        `skip` goes on from `position` wherever the source stood.
        Raises StoreLostError and PositionError.
        """
        positions = self._caller.positions
        positions.forget(source)
        stands = self._caller.claim(source, position, self._shards, anew=skip)
        found = Resumed(position) if skip else resumed(source, position, stands)
        self._begin(source, position, stands, allowed=begin or skip)
        positions.resume(source, found)
        return found

    def send(self, units: Sequence[Unit], orders: Sequence[OrderUnit] = ()) -> InFlight[Answers]:
        """Send units to the store, after orders that their parcels may name.

        All go in one round trip, and there may be other work to do before `receive`. What is in
        flight has to be received, or dropped, before more is sent.
        """
        visits = [VisitExchange(unit, self._configuration) for unit in units]
        takings = [OrderExchange(unit, self._configuration) for unit in orders]
        calls = [
            *map(partial(_call, "put_orders"), orders, takings),
            *map(partial(_call, "visit"), units, visits),
        ]
        flight = self._caller.send_next(calls)

        def receive() -> Answers:
            found = iter(flight.receive())
            early = [exchange.read(next(found)) for exchange in takings]
            return Answers([exchange.seen(next(found)) for exchange in visits], early)

        return InFlight(receive, flight.drop)

    def visit(self, units: Sequence[Unit]) -> list[Seen]:
        """Update the profiles by each unit, and return what its parcels saw before."""
        return self.send(units).receive().seen

    def apply(self, units: Sequence[Unit]) -> None:
        """Update the profiles without asking what parcels saw, to rebuild them from a topic."""
        calls = [
            _call("visit", unit, VisitExchange(unit, self._configuration), keep=False)
            for unit in units
        ]
        self._caller.send_next(calls).receive()

    def put_orders(self, units: Sequence[OrderUnit]) -> list[list[EarlyParcel]]:
        """Store orders, and return for each unit the parcels that came before their orders."""
        return self.send([], units).receive().early

    def resume_outcomes(self, source: Source, position: int, *, begin: bool = False) -> int:
        """Claim the training log; return from where on its outcomes have not been counted.

        A shard that has counted more passes over what it has, so reading from any earlier
        position is right as well. Raises StoreLostError.
        """
        stands = self._caller.claim(source, position, self._shards, anew=False)
        self._begin(source, position, stands, allowed=begin)
        return min(stood if stood >= 0 else position for stood, _ in stands)

    def count_outcomes(self, unit: OutcomeUnit) -> None:
        """Count inspections and violations in the profiles of the inspected parcels' entities.

        Records that were counted before are passed over; entities that were forgotten stay so.
        Raises PositionError when outcomes before the unit have not been counted.
        """
        arguments = unit.arguments(len(self._shards))
        call = Call("inspected", unit.source, unit.start, unit.next, arguments, keep=False)
        self._caller.send([call]).receive()

    def _begin(
        self, source: Source, position: int, stands: Sequence[tuple[int, int]], *, allowed: bool
    ) -> None:
        """Let a source begin in the shards that do not know it, if it may."""
        unknown = [shard for shard, (stood, _) in enumerate(stands) if stood < 0]
        if unknown and not allowed:
            raise lost(source)
        if unknown:
            self._caller.claim(source, position, unknown, anew=True)


def _call(
    function: str,
    unit: Unit | OrderUnit,
    exchange: VisitExchange | OrderExchange,
    keep: bool = True,
) -> Call:
    arguments = exchange.arguments()
    return Call(function, unit.source, unit.start, unit.next, arguments, unit.committed, keep)
