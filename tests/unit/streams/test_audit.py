"""The audit log: one writer at a time, whole lines, on the disk before the change."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from streams.policy_commands.audit import AUDIT_LOG, audit_log


def test_log_is_appended_to(tmp_path: Path) -> None:
    for line in (b"one\n", b"two\n"):
        with audit_log(tmp_path) as log:
            log.write(line)
    assert (tmp_path / AUDIT_LOG).read_bytes() == b"one\ntwo\n"


def test_log_with_a_line_that_was_cut_off_goes_on_in_a_line_of_its_own(tmp_path: Path) -> None:
    (tmp_path / AUDIT_LOG).write_bytes(b'one\n{"at": "20')
    with audit_log(tmp_path) as log:
        log.write(b"two\n")
    assert (tmp_path / AUDIT_LOG).read_bytes() == b'one\n{"at": "20\ntwo\n'


def test_flush_brings_what_was_written_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bytes] = []
    path = tmp_path / AUDIT_LOG
    monkeypatch.setattr(os, "fsync", lambda _file: synced.append(path.read_bytes()))
    with audit_log(tmp_path) as log:
        log.write(b"one\n")
        log.flush()
        assert synced[-1] == b"one\n"


def test_log_that_is_open_keeps_others_waiting(tmp_path: Path) -> None:
    order: list[str] = []
    ready = threading.Event()

    def second() -> None:
        ready.set()
        with audit_log(tmp_path) as log:
            order.append("second")
            log.write(b"two\n")

    other = threading.Thread(target=second)
    with audit_log(tmp_path) as log:
        other.start()
        ready.wait(10)
        order.append("first")
        log.write(b"one\n")
    other.join(10)
    assert order == ["first", "second"]
    assert (tmp_path / AUDIT_LOG).read_bytes() == b"one\ntwo\n"
