"""What goes wrong: processes, servers, networks and clocks, most each time for a while."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from time import sleep
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from streams.processes import ChildProcess
from tests.chaos.networks import (
    cut_broker_network,
    cut_store_network,
    isolate,
    slow_broker_network,
    slow_store_network,
    stall_broker_network,
    stall_store_network,
)
from tests.chaos.scene import BEYOND_THE_SESSION, Scene
from tests.servers.late import OFFSETS_OF_TRANSACTION

_DAY: Final = 86_400.0
_JUMPS: Final = (-60 * _DAY, -_DAY, -3_600.0, -30.0, 30.0, 3_600.0, _DAY, 60 * _DAY)
_SKEW_SECONDS: Final = 3_000.0


def kill_worker(scene: Scene) -> None:
    """SIGKILL, and a new process at once."""
    _kill(scene.some_worker().child)


def kill_learner(scene: Scene) -> None:
    """SIGKILL, and a new process at once."""
    if scene.learner is not None:
        _kill(scene.learner.child)


def kill_tower(scene: Scene) -> None:
    """SIGKILL, and a new process at once."""
    if scene.tower is not None:
        _kill(scene.tower.child)


def freeze_worker(scene: Scene) -> None:
    """SIGSTOP for less than a session, so that nothing moves."""
    _freeze(scene.some_worker().child.pid, scene.rng.uniform(0.1, 1.0))


def freeze_learner(scene: Scene) -> None:
    """SIGSTOP, sometimes for longer than a session."""
    if scene.learner is not None:
        _freeze(scene.learner.child.pid, scene.rng.uniform(0.1, BEYOND_THE_SESSION))


def freeze_tower(scene: Scene) -> None:
    """SIGSTOP, sometimes for longer than a session."""
    if scene.tower is not None:
        _freeze(scene.tower.child.pid, scene.rng.uniform(0.1, BEYOND_THE_SESSION))


def wake_zombie(scene: Scene) -> None:
    """SIGSTOP until the worker's partitions have moved; then it wakes in the middle of a batch."""
    _freeze(scene.some_worker().child.pid, BEYOND_THE_SESSION)


def deliver_late(scene: Scene) -> None:
    """Offsets that were sent on a connection that broke come some transactions later.

    Then the worker dies, mostly before a further commit would hide what they did.
    """
    worker = scene.some_worker()
    worker.way.hold(OFFSETS_OF_TRANSACTION)
    sleep(scene.rng.uniform(0.3, 1.5))
    if worker.way.deliver():
        _kill(worker.child)


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


def fill_store(scene: Scene) -> None:
    """The store has no room left, as on a full disk, and refuses to write."""
    try:
        _store(scene).config_set("maxmemory", "1mb")
        sleep(scene.rng.uniform(0.3, 1.5))
    finally:
        _store(scene).config_set("maxmemory", "0")


def rebalance(scene: Scene) -> None:
    """Workers join and leave while others work."""
    guests = [scene.start("worker", name).child for name in ("guest-1", "guest-2")]
    sleep(scene.rng.uniform(1.0, 3.0))
    guests[0].stop()
    guests[1].kill()
    for guest in guests:
        scene.pipeline.children.remove(guest)


def jump_clock(scene: Scene) -> None:
    """The wall clock of a process jumps for a while, and then it is right again."""
    clock = scene.some_member().clock
    clock.put(scene.rng.choice(_JUMPS) * scene.rng.uniform(0.5, 1.0))
    sleep(scene.rng.uniform(0.5, 3.0))
    clock.put(0.0)


def skew_clock(scene: Scene) -> None:
    """The wall clock of a process is wrong until it is put again."""
    scene.some_member().clock.put(scene.rng.uniform(-_SKEW_SECONDS, _SKEW_SECONDS))


FAULTS: Final[Mapping[str, Callable[[Scene], None]]] = {
    function.__name__: function
    for function in (
        kill_worker,
        cut_store_connections,
        wake_zombie,
        deliver_late,
        restart_broker,
        restart_store,
        rebalance,
        kill_learner,
        pause_store,
        cut_store_network,
        slow_store_network,
        stall_store_network,
        cut_broker_network,
        slow_broker_network,
        stall_broker_network,
        isolate,
        jump_clock,
        skew_clock,
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
