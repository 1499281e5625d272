"""What goes wrong, each time for a while: processes, broker and store die, stop and come back."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import sleep
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from streams.processes import ChildProcess
from tests.integration.stations import DistantRedis
from tests.pipeline import Pipeline
from tests.servers.kafka import ApacheKafka

_BEYOND_THE_SESSION: Final = 3.0
"""Longer than `kafka.session_timeout_ms` of the tests: partitions move while a process stands."""


@dataclass
class Scene:
    """All that can go wrong, and the chance that decides what does."""

    pipeline: Pipeline
    kafka: ApacheKafka
    redis: DistantRedis
    rng: random.Random
    workers: dict[str, ChildProcess] = field(default_factory=dict)
    learner: ChildProcess | None = None
    tower: ChildProcess | None = None

    def some_worker(self) -> ChildProcess:
        """Return a worker."""
        return self.workers[self.rng.choice(sorted(self.workers))]


def kill_worker(scene: Scene) -> None:
    """SIGKILL, and a new process at once."""
    _kill(scene.some_worker())


def kill_learner(scene: Scene) -> None:
    """SIGKILL, and a new process at once."""
    if scene.learner is not None:
        _kill(scene.learner)


def kill_tower(scene: Scene) -> None:
    """SIGKILL, and a new process at once."""
    if scene.tower is not None:
        _kill(scene.tower)


def freeze_worker(scene: Scene) -> None:
    """SIGSTOP for less than a session, so that nothing moves."""
    _freeze(scene.some_worker().pid, scene.rng.uniform(0.1, 1.0))


def freeze_learner(scene: Scene) -> None:
    """SIGSTOP, sometimes for longer than a session."""
    if scene.learner is not None:
        _freeze(scene.learner.pid, scene.rng.uniform(0.1, _BEYOND_THE_SESSION))


def freeze_tower(scene: Scene) -> None:
    """SIGSTOP, sometimes for longer than a session."""
    if scene.tower is not None:
        _freeze(scene.tower.pid, scene.rng.uniform(0.1, _BEYOND_THE_SESSION))


def wake_zombie(scene: Scene) -> None:
    """SIGSTOP until the worker's partitions have moved; then it wakes in the middle of a batch."""
    _freeze(scene.some_worker().pid, _BEYOND_THE_SESSION)


def restart_broker(scene: Scene) -> None:
    """SIGKILL of the broker, with all its transactions open."""
    scene.kafka.kill()
    sleep(scene.rng.uniform(0.0, 0.5))
    scene.kafka.start()


def restart_store(scene: Scene) -> None:
    """SIGKILL of the store; it has its data again."""
    scene.redis.kill()
    sleep(scene.rng.uniform(0.0, 0.5))
    scene.redis.start()


def pause_store(scene: Scene) -> None:
    """The store takes commands and answers later."""
    _store(scene).client_pause(round(scene.rng.uniform(200, 1_500)))


def freeze_store(scene: Scene) -> None:
    """SIGSTOP: what was asked is done when nobody waits for it any more."""
    _freeze(scene.redis.pid, scene.rng.uniform(0.2, 1.5))


def cut_store_connections(scene: Scene) -> None:
    """End all connections again and again; the store itself goes on."""
    for _ in range(scene.rng.randint(3, 10)):
        try:
            _store(scene).client_kill_filter(_type="normal", skipme=True)
        except RedisError:
            return  # it is paused just now
        sleep(scene.rng.uniform(0.0, 0.2))


def cut_network(scene: Scene) -> None:
    """No process reaches the store, which goes on."""
    scene.redis.proxy.cut()
    sleep(scene.rng.uniform(0.1, 2.0))
    scene.redis.proxy.mend()


def slow_network(scene: Scene) -> None:
    """What goes to the store and comes from it takes its time."""
    scene.redis.proxy.delay_seconds = scene.rng.uniform(0.02, 0.2)
    sleep(scene.rng.uniform(0.5, 2.0))
    scene.redis.proxy.delay_seconds = 0.0


def fill_store(scene: Scene) -> None:
    """The store has no room left, as on a full disk, and refuses to write."""
    try:
        _store(scene).config_set("maxmemory", "1mb")
        sleep(scene.rng.uniform(0.3, 1.5))
    finally:
        _store(scene).config_set("maxmemory", "0")


def rebalance(scene: Scene) -> None:
    """Workers join and leave while others work."""
    guests = [scene.pipeline.spawn("worker", name) for name in ("guest-1", "guest-2")]
    sleep(scene.rng.uniform(1.0, 3.0))
    guests[0].stop()
    guests[1].kill()
    for guest in guests:
        scene.pipeline.children.remove(guest)


FAULTS: Final[Mapping[str, Callable[[Scene], None]]] = {
    function.__name__: function
    for function in (
        kill_worker,
        cut_store_connections,
        wake_zombie,
        restart_broker,
        restart_store,
        rebalance,
        kill_learner,
        pause_store,
        cut_network,
        slow_network,
        fill_store,
        kill_tower,
        freeze_worker,
        freeze_store,
        freeze_learner,
        freeze_tower,
    )
}


def _kill(process: ChildProcess) -> None:
    process.kill()
    process.start()


def _freeze(pid: int | None, seconds: float) -> None:
    if pid is None:
        return
    try:
        os.kill(pid, signal.SIGSTOP)
        sleep(seconds)
        os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        return  # it has just ended by itself, and is started anew


def _store(scene: Scene) -> Redis:
    return Redis.from_url(scene.redis.own_url, socket_timeout=3.0)
