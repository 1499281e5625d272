"""Kubernetes manifests: valid by the published schemas, and safe by our own rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from streams.settings import load_settings, setting_names, variable_of

FOLDER = Path(__file__).parents[3] / "deploy/kubernetes"
KUBERNETES = "1.33"
BASE: dict[str, Any] = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
OBJECTS: dict[str, Any] = {
    f"{one['kind']}/{one['metadata']['name']}": one
    for name in [*BASE["resources"], "secrets.example.yaml"]
    for one in yaml.safe_load_all((FOLDER / name).read_text())
}
PODS = {
    name: one["spec"]["template"]["spec"]
    for name, one in OBJECTS.items()
    if one["kind"] in {"StatefulSet", "Deployment"}
}
OF_OTHERS = {"ScaledObject/worker"}
"""Kinds that extensions add: Kubernetes publishes no schema for them."""


@pytest.mark.parametrize("name", sorted(set(OBJECTS) - OF_OTHERS))
def test_object_is_valid_by_the_published_schema(name: str) -> None:
    kubernetes_validate.validate(OBJECTS[name], KUBERNETES, strict=True)


@pytest.mark.parametrize("name", sorted(PODS))
def test_pod_runs_as_nobody_special_within_limits(name: str) -> None:
    (container,) = PODS[name]["containers"]
    assert PODS[name]["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert {"requests", "limits"} <= set(container["resources"])
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_settings_are_known_and_secrets_are_references() -> None:
    known = {variable_of(name) for name in setting_names()}
    plain = OBJECTS["ConfigMap/greenlane"]["data"]
    secret = OBJECTS["Secret/greenlane"]["stringData"]
    own = {one["name"] for pod in PODS.values() for one in pod["containers"][0]["env"]}
    assert {*plain, *secret, *own} <= known
    assert "secrets.example.yaml" not in BASE["resources"]


def test_workers_scale_on_the_lag_of_their_group_up_to_the_partitions() -> None:
    settings = load_settings()
    scaled = OBJECTS["ScaledObject/worker"]["spec"]
    trigger = scaled["triggers"][0]["metadata"]
    assert trigger["consumerGroup"] == settings.worker.group
    assert trigger["topic"] == settings.topics.manifests
    assert scaled["maxReplicaCount"] <= settings.topics.partitions
    assert int(trigger["activationLagThreshold"]) > settings.topics.partitions


def test_learner_is_alone_also_during_an_update() -> None:
    spec = OBJECTS["Deployment/learner"]["spec"]
    assert (spec["replicas"], spec["strategy"]["type"]) == (1, "Recreate")
