"""A sandbox: Greenlane on this machine, where the defaults look for it, to try clients against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from streams.embedded import EmbeddedBroker, EmbeddedError, EmbeddedStore
from streams.processes import LOOPBACK, free_port
from streams.session import EmbeddedSession
from streams.setting_sections import KafkaSettings, StoreSettings
from streams.settings import variable_of
from streams.stopping import StopSignal
from streams.warmed import warm_up_once

_SETTINGS: Final = {"topics.partitions": "2", "worker.model_poll_seconds": "0.5"}
_LOOK_SECONDS: Final = 0.5


def run_sandbox(
    broker_port: int,
    store_port: int,
    stop: StopSignal,
    say: Callable[[str], None],
    *,
    with_tower: bool = False,
) -> None:
    """Run broker, store, worker and learner until `stop`; `say` is told a line at a time."""
    warm_up_once(say)
    broker = EmbeddedBroker(_only(broker_port, "--broker-port"))
    store = EmbeddedStore(_only(store_port, "--store-port"))
    with EmbeddedSession(_SETTINGS, broker, store) as session:
        port = free_port()
        session.spawn("worker", settings={"metrics.port": str(port)})
        session.spawn("learner")
        if with_tower:
            session.spawn("tower")
        while not _is_ready(port) and not stop.wait(_LOOK_SECONDS):
            session.check()
        for line in _told(broker.bootstrap_servers, store.url):
            say(line)
        if with_tower:
            tower = session.settings.tower
            say(f"Control tower: http://{tower.host}:{tower.port}/")
        while not stop.wait(_LOOK_SECONDS):
            session.check()


def _only(port: int, option: str) -> Callable[[], int]:
    """Return a proposer of one port, which says what to do if it is taken."""
    proposed: list[int] = []

    def propose() -> int:
        if proposed:
            raise EmbeddedError(f"port {port} is taken; choose another one with {option}")
        proposed.append(port)
        return port

    return propose


def _is_ready(port: int) -> bool:
    """Tell whether the worker takes parcels: what is said before that keeps people waiting."""
    try:
        with urlopen(f"http://{LOOPBACK}:{port}/readyz", timeout=_LOOK_SECONDS) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (URLError, OSError):
        return False


def _told(brokers: str, url: str) -> Iterator[str]:
    """Yield what is where, and the variables without which other commands would not find it."""
    yield f"Greenlane runs: broker {brokers}, store {url}, one worker, one learner."
    if brokers != KafkaSettings().bootstrap_servers:
        yield f"export {variable_of('kafka.bootstrap_servers')}={brokers}"
    if url != StoreSettings().url.get_secret_value():
        yield f"export {variable_of('store.url')}={url}"
    yield "Nothing is kept. Stop it with Ctrl-C."
