"""What is loaded with compiled loops."""

from __future__ import annotations

import subprocess
import sys

from scorers.hiding import hidden

CODE = "import sys, streams.worker; print(*{'scipy', 'cffi'} & sys.modules.keys())"


def test_worker_starts_without_libraries_of_linear_algebra() -> None:
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_hidden_package_that_is_loaded_stays_loaded() -> None:
    with hidden("sys", "scorers"):
        assert "sys" in sys.modules
        assert sys.modules["scorers"] is not None
    assert "scorers" in sys.modules
