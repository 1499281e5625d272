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
    assert tag[0].isdigit()


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
