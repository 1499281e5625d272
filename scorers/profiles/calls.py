"""Calls of the store's functions: the same unit to every shard, all in one round trip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from redis.exceptions import ResponseError

from scorers.profiles.configuration import ProfileConfiguration
from scorers.profiles.errors import StoreBrokenError
from scorers.profiles.library import function
from scorers.profiles.positions import Positions, refusal
from scorers.profiles.requests import Arguments, bounds, claim_answer
from scorers.profiles.units import Source
from scorers.profiles.wire import Answer, Client, Command, Flight, explanation

Result = TypeVar("Result")


@dataclass(frozen=True)
class Call:
    """A unit on its way to a function; `arguments` are those of each shard, `keep` its answer."""

    function: str
    source: Source
    start: int
    next: int
    arguments: Iterable[Arguments]
    committed: int | None = None
    keep: bool = True


class InFlight(Generic[Result]):
    """What was sent. Either `receive`, which waits for the answers, or `drop`; to be called once.

    As a context it is dropped when an error comes between sending and receiving. After a drop its
    sources have to be resumed.
    """

    def __init__(
        self, receive: Callable[[], Result], drop: Callable[[], None] = lambda: None
    ) -> None:
        self.receive = receive
        self.drop = drop

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.drop()


class Caller:
    """Calls functions in all shards, and knows where this session's sources stand."""

    def __init__(self, client: Client, configuration: ProfileConfiguration, session: bytes) -> None:
        self._client = client
        self._keys = configuration.shard_keys
        self._session = session
        self.positions = Positions()

    def claim(
        self, source: Source, position: int, shards: Iterable[int], *, anew: bool
    ) -> list[tuple[int, int]]:
        """Claim a source in some shards; return where it stood, and where its unit ends there."""
        switch = b"1" if anew else b"0"
        arguments = [str(source).encode(), self._session, str(position).encode(), switch]
        return [claim_answer(found) for found in self.every("claim", arguments, shards)]

    def every(self, name: str, arguments: Arguments, shards: Iterable[int]) -> list[bytes]:
        """Call a function with the same arguments in some shards."""
        commands = [self._command(name, self._keys[shard], arguments) for shard in shards]
        return [_answer(found) for found in Flight(self._client, commands).land()]

    def send_next(self, calls: Sequence[Call]) -> InFlight[list[list[bytes]]]:
        """Send units that must follow what was sent before."""
        try:
            for call in calls:
                self.positions.advance(call.source, call.start, call.next)
        except BaseException:
            self._forget(calls)
            raise
        return self.send(calls)

    def send(self, calls: Sequence[Call]) -> InFlight[list[list[bytes]]]:
        """Send units to all shards, each of which gets them in this order.

        To be received are the answers of each unit, by shard.
        """
        try:
            flight = Flight(self._client, self._commands(calls))
        except BaseException:
            self._forget(calls)
            raise
        return InFlight(lambda: self._received(calls, flight), lambda: self._drop(calls, flight))

    def _received(self, calls: Sequence[Call], flight: Flight) -> list[list[bytes]]:
        try:
            answers = flight.land()
            count = len(self._keys)
            return [
                [_unit_answer(call, found) for found in answers[at * count : (at + 1) * count]]
                for at, call in enumerate(calls)
            ]
        except BaseException:
            self._forget(calls)
            raise

    def _drop(self, calls: Sequence[Call], flight: Flight) -> None:
        flight.drop()
        self._forget(calls)

    def _forget(self, calls: Sequence[Call]) -> None:
        for call in calls:
            self.positions.forget(call.source)

    def _commands(self, calls: Sequence[Call]) -> list[tuple[str, Command]]:
        return [
            self._command(call.function, key, [*self._head(call), *rest])
            for call in calls
            for key, rest in zip(self._keys, call.arguments, strict=True)
        ]

    def _head(self, call: Call) -> Arguments:
        ends = bounds(call.start, call.next, call.committed, call.keep)
        return [str(call.source).encode(), self._session, ends]

    def _command(self, name: str, key: str, arguments: Arguments) -> tuple[str, Command]:
        return key, ["FCALL", function(name), 1, key, *arguments]


def _answer(found: Answer) -> bytes:
    if isinstance(found, ResponseError):
        raise explanation(found) from found
    if not isinstance(found, bytes):
        raise StoreBrokenError(f"Profiles: expected bytes from the store, got {type(found)}")
    return found


def _unit_answer(call: Call, found: Answer) -> bytes:
    if isinstance(found, ResponseError):
        raise refusal(call.source, call.start, call.next, found) from found
    if not isinstance(found, list):
        raise StoreBrokenError(f"Profiles: expected parts from the store, got {type(found)}")
    return b"".join(found)
