"""What goes wrong between processes and the servers, which themselves go on."""

from __future__ import annotations

from collections.abc import Sequence
from time import sleep
from typing import Final

from tests.chaos.scene import BEYOND_THE_SESSION, Scene
from tests.servers.distant import cut, slowed, stalled
from tests.servers.proxy import Proxy

_LONGEST_DELAY: Final = 0.2


def cut_store_network(scene: Scene) -> None:
    """No process reaches the store."""
    with cut([scene.redis.proxy]):
        sleep(scene.rng.uniform(0.1, 2.0))


def slow_store_network(scene: Scene) -> None:
    """What goes to the store and comes from it takes its time."""
    _slow(scene, [scene.redis.proxy])


def stall_store_network(scene: Scene) -> None:
    """Nothing comes through, and no connection ends."""
    _stall(scene, [scene.redis.proxy])


def cut_broker_network(scene: Scene) -> None:
    """No process reaches the broker, sometimes for longer than a session."""
    with cut(scene.kafka.proxies):
        sleep(scene.rng.uniform(0.1, 2 * BEYOND_THE_SESSION))


def slow_broker_network(scene: Scene) -> None:
    """What goes to the broker and comes from it takes its time."""
    _slow(scene, scene.kafka.proxies)


def stall_broker_network(scene: Scene) -> None:
    """Nothing comes through, and no connection ends, sometimes for longer than a session."""
    _stall(scene, scene.kafka.proxies)


def isolate(scene: Scene) -> None:
    """One process does not reach the broker, which the others do, or only after a session."""
    way = [scene.some_member().way]
    if scene.rng.random() < 0.5:
        _stall(scene, way)
    else:
        with cut(way):
            sleep(scene.rng.uniform(0.1, 2 * BEYOND_THE_SESSION))


def _slow(scene: Scene, proxies: Sequence[Proxy]) -> None:
    with slowed(proxies, scene.rng.uniform(_LONGEST_DELAY / 10, _LONGEST_DELAY)):
        sleep(scene.rng.uniform(0.5, 2.0))


def _stall(scene: Scene, proxies: Sequence[Proxy]) -> None:
    """Hold back what is sent, and then deliver it late, or never."""
    with stalled(proxies):
        sleep(scene.rng.uniform(0.1, 2 * BEYOND_THE_SESSION))
        if scene.rng.random() < 0.5:
            with cut(proxies):
                pass
