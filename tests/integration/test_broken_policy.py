"""A worker that starts with a broken file of the policy."""

from __future__ import annotations

from pathlib import Path

from tests.commands import run_greenlane
from tests.pipeline import environment_of


def test_worker_started_with_a_broken_file_ends_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "budgets.toml"
    path.write_text("default.share = 3\ndefault.queue = 0\n")
    setting = {"policy.budgets": str(path), "metrics.port": "0"}
    ended = run_greenlane("worker", environment=environment_of(setting))
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"greenlane: {path}:1: default.share: expected ")
    assert line.endswith(" (and 1 more; its check command tells all)")
