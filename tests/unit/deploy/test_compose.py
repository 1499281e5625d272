"""`docker-compose.yml` and the Dockerfile: nothing here can run them, so their form is checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from streams.cli import app
from streams.kafka.clients import MAX_REJECT_BYTES
from streams.settings import setting_names, variable_of

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = ("topics", "worker", "learner", "simulation")


@pytest.mark.parametrize("service", OURS)
def test_command_of_a_service_of_ours_exists(service: str) -> None:
    command = COMPOSE["services"][service]["command"]
    group: Any = get_command(app)
    for word in command:
        group = group.commands[word]


@pytest.mark.parametrize("service", OURS)
def test_settings_of_a_service_of_ours_are_known(service: str) -> None:
    known = {variable_of(name) for name in setting_names()}
    assert set(COMPOSE["services"][service]["environment"]) <= known


@pytest.mark.parametrize("service", OURS)
def test_dependencies_of_a_service_of_ours_are_services(service: str) -> None:
    assert set(COMPOSE["services"][service]["depends_on"]) <= set(COMPOSE["services"])


def test_broker_takes_the_largest_record_that_we_write() -> None:
    broker = COMPOSE["services"]["kafka"]["environment"]
    assert int(broker["KAFKA_MESSAGE_MAX_BYTES"]) >= MAX_REJECT_BYTES


@pytest.mark.parametrize("service", sorted(COMPOSE["services"]))
def test_image_of_a_service_is_pinned(service: str) -> None:
    _, _, tag = COMPOSE["services"][service]["image"].rpartition(":")
    assert tag.removeprefix("v")[0].isdigit()


@pytest.mark.parametrize("service", ["worker", "learner", "tower"])
def test_service_of_ours_is_healthy_when_it_is_ready(service: str) -> None:
    port = COMPOSE["services"][service]["environment"]["GREENLANE_METRICS__PORT"]
    assert f"127.0.0.1:{port}/readyz" in COMPOSE["services"][service]["healthcheck"]["test"][-1]


@pytest.mark.parametrize("service", sorted(set(COMPOSE["services"]) - {"kafka"}))
def test_container_has_a_read_only_file_system_and_no_capabilities(service: str) -> None:
    declared = COMPOSE["services"][service]
    assert declared["read_only"]
    assert declared["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("service", sorted(COMPOSE["services"]))
def test_files_and_volumes_of_a_service_exist(service: str) -> None:
    for volume in COMPOSE["services"][service].get("volumes", []):
        source = volume.partition(":")[0]
        known = (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
        assert known, volume


@pytest.mark.parametrize("service", sorted(COMPOSE["services"]))
def test_ports_are_published_on_this_machine_only(service: str) -> None:
    for port in COMPOSE["services"][service].get("ports", []):
        assert port.startswith("127.0.0.1:")


def test_prometheus_scrapes_services_where_they_answer() -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    ours = config["scrape_configs"][0]["dns_sd_configs"][0]
    assert set(ours["names"]) == {"worker", "learner", "tower"}
    for name in ours["names"]:
        settings = COMPOSE["services"][name]["environment"]
        assert settings["GREENLANE_METRICS__HOST"] == "0.0.0.0"
        assert settings["GREENLANE_METRICS__PORT"] == str(ours["port"])


def test_dockerfile_copies_what_exists_and_runs_as_nobody_special() -> None:
    lines = (ROOT / "deploy/docker/Dockerfile").read_text().splitlines()
    sources = [
        word
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert sources
    assert all((ROOT / source).exists() for source in sources)
    assert "USER 10001" in lines
