"""A real Prometheus scrapes running processes: every panel of the dashboards has data."""

from __future__ import annotations

import json
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from deploy.dashboards.boards import BOARDS
from streams.processes import ChildProcess, free_port
from tests.integration.conftest import PipelineMaker

PATIENCE_SECONDS = 60.0
LOGIN = "prometheus:the password of a test"
OFTEN = '{"statistics.interval.ms": "1000"}'
QUERIES = {
    f"{name}: {panel.title}: {legend}": query
    for name, board in BOARDS.items()
    for panels in board.rows.values()
    for panel in panels
    for query, legend in panel.queries
}


class Prometheus:
    def __init__(self, folder: Path, targets: list[int]) -> None:
        self.port = free_port()
        config = folder / "prometheus.yml"
        addresses = [f"127.0.0.1:{port}" for port in targets]
        user, _, password = LOGIN.partition(":")
        login = {"username": user, "password": password}
        job = {"static_configs": [{"targets": addresses}], "basic_auth": login}
        jobs = [{"job_name": "greenlane", **job}]
        scraping = {"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}
        config.write_text(yaml.safe_dump(scraping))
        command = [
            "prometheus",
            f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'prometheus'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]
        self.process = ChildProcess(command, folder / "prometheus.log")
        self.process.start()

    def values(self, query: str) -> list[object]:
        """Return what a query finds; nothing while the server starts."""
        address = f"http://127.0.0.1:{self.port}/api/v1/query?"
        try:
            with urllib.request.urlopen(address + urllib.parse.urlencode({"query": query})) as page:
                return list(json.load(page)["data"]["result"])
        except urllib.error.URLError:
            return []


@contextmanager
def prometheus(folder: Path, targets: list[int]) -> Iterator[Prometheus]:
    server = Prometheus(folder, targets)
    try:
        yield server
    finally:
        server.process.stop()


def status(port: int, page: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}") as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except urllib.error.URLError:
        return 0


@pytest.mark.kafka
@pytest.mark.skipif(shutil.which("prometheus") is None, reason="needs prometheus (Debian)")
def test_every_panel_has_data_while_processes_run(
    kafka_pipeline: PipelineMaker, tmp_path: Path
) -> None:
    pipeline = kafka_pipeline()
    ports = {"worker": free_port(), "learner": free_port(), "tower": free_port()}
    for name, port in ports.items():
        more = {"metrics.port": str(port), "metrics.credentials": LOGIN, "kafka.client": OFTEN}
        pipeline.spawn(name, more=more)
    pipeline.spawn("simulate --rate 300 --inspection-seconds 0.5")
    pipeline.publish(pipeline.settings.topics.manifests, [b"{"])
    empty = set(QUERIES)
    unready = set(ports)
    deadline = time.monotonic() + PATIENCE_SECONDS
    with prometheus(tmp_path, [*ports.values()]) as server:
        while (empty or unready) and time.monotonic() < deadline:
            time.sleep(0.5)
            empty = {one for one in empty if not server.values(QUERIES[one])}
            unready = {one for one in unready if status(ports[one], "readyz") != 200}
    assert empty == set()
    assert not unready
    assert {status(port, "healthz") for port in ports.values()} == {200}
    assert {status(port, "metrics") for port in ports.values()} == {401}
