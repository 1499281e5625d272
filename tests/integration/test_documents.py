"""The blocks that pages mark as to be run do run, in a sandbox, and print what the pages say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from streams.processes import ChildProcess, free_port
from tests.documents.blocks import ROOT, Block, blocks_of, written_pages

SECONDS: Final = 120.0
READY: Final = "Greenlane runs"


def test_blocks_of_the_pages_run_and_print_what_they_show(tmp_path: Path) -> None:
    pages = {page: [block for block in blocks_of(page) if block.mark] for page in written_pages()}
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for blocks in pages.values():
        for block in blocks:
            if block.mark == "file":
                (tmp_path / block.about).write_text(block.text, encoding="utf-8")
    with sandbox(tmp_path) as environment:
        for page, blocks in pages.items():
            run_page(page, blocks, tmp_path, environment)


@contextmanager
def sandbox(folder: Path) -> Iterator[dict[str, str]]:
    """Run `greenlane sandbox` with the files of the pages; yield the environment of a user."""
    broker, store, tower = free_port(), free_port(), free_port()
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "BROKERS": f"127.0.0.1:{broker}",
        "GREENLANE_KAFKA__BOOTSTRAP_SERVERS": f"127.0.0.1:{broker}",
        "GREENLANE_STORE__URL": f"redis://127.0.0.1:{store}/0",
        "GREENLANE_TOWER__PORT": str(tower),
        "GREENLANE_TOWER__FLUSH_SECONDS": "1",
        "GREENLANE_POLICY__RULES": str(folder / "rules.yaml"),
        "GREENLANE_POLICY__BUDGETS": str(folder / "budgets.toml"),
    }
    ports = ["--broker-port", str(broker), "--store-port", str(store)]
    command = [sys.executable, "-m", "streams.cli", "sandbox", "--tower", *ports]
    child = ChildProcess(command, folder / "sandbox.log", environment)
    child.start()
    try:
        child.wait_until(lambda: READY in (folder / "sandbox.log").read_text(), SECONDS)
        yield environment
    finally:
        child.stop()


def run_page(page: Path, blocks: list[Block], folder: Path, environment: dict[str, str]) -> None:
    """Run the blocks of a page one after the other, each by a shell of its own."""
    printed = ""
    for block in blocks:
        if block.mark == "run":
            printed = run(block.text, folder, environment)
        elif block.mark == "prints":
            assert_printed(block.text, printed, page.name)


def run(script: str, folder: Path, environment: dict[str, str]) -> str:
    """Run a script and return what it printed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def assert_printed(lines: str, printed: str, page: str) -> None:
    """Check that each line stands in what was printed, in this order."""
    rest = printed
    for line in lines.splitlines():
        before, found, rest = rest.partition(line)
        assert found, f"{page}: expected {line!r} in {before!r}"
