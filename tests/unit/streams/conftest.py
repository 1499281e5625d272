"""The environment that settings are read from: none of ours, unless a test puts it there."""

from __future__ import annotations

import os

import pytest

from streams.settings import ENV_PREFIX


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in list(os.environ):
        if variable.upper().startswith(ENV_PREFIX):
            monkeypatch.delenv(variable)
