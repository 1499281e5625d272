"""Commands that are given what they cannot use: each ends in one line, and none in a traceback."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from streams.cli import main
from tests.integration.test_commands import NOWHERE, assert_one_line
from tests.unit.scorers.rules.builders import with_condition

BROKEN = {
    "empty": b"",
    "binary": bytes(range(256)) * 4,
    "nul": bytes(100),
    "latin-1": "größe,ä\n1,é\n".encode("latin-1"),
    "utf-16": "a,b\n1,2\n".encode("utf-16"),
    "cut": b'{"a": [1,2\n',
    "deep": b"[" * 20_000,
    "alias": b"a: &a [*a]\n",
    "object": b"!!python/object/apply:os.system ['echo']\n",
    "table": b"a = \n[[[",
    "ragged": b"a,b\n1,2,3\n",
    "long": b"x" * 500_000,
    "number": b'{"a": ' + b"9" * 5_000 + b"}\n",
    "gzip": gzip.compress(b"a,b\n1,2\n")[:-9],
}
READERS = {
    "rules": (".yaml", ("rules", "check", "FILE")),
    "tried": (".ndjson", ("rules", "test", "FOLDER/good-rules.yaml", "FILE")),
    "lists": (".csv", ("lists", "check", "FILE")),
    "import": (".csv", ("lists", "import", "FILE", "--into", "FOLDER", "--who", "me")),
    "remove": (".csv", ("lists", "remove", "FILE", "one", "--who", "me")),
    "budgets": (".toml", ("budgets", "check", "FILE")),
    "return": (".csv", ("ledger", "compare", "FILE")),
    "evaluate": (".csv", ("evaluate", "--adapter", "customs-declarations", "--test", "FILE")),
    "packed": (".csv.gz", ("evaluate", "--adapter", "customs-declarations", "--test", "FILE")),
}
NOTHING_WRONG = {("rules", "empty"), ("lists", "empty"), ("budgets", "empty")}
LENIENT = {"tried"}
"""Counts what it cannot read."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    """A folder with rules that are all right."""
    (tmp_path / "good-rules.yaml").write_text(with_condition("seller_id: seller-1"))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    """Run a command in this process; return its status, what it printed and complained of."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", ["greenlane", *arguments])
        for name, value in NOWHERE.items():
            patched.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
    out, problem = capsys.readouterr()
    return ended.value.code, out, problem


@pytest.mark.parametrize("reader", READERS)
def test_command_with_a_broken_file_names_it_in_one_line(
    reader: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ending, arguments = READERS[reader]
    for kind, content in BROKEN.items():
        file = folder / f"{kind}{ending}"
        file.write_bytes(content)
        places = {"FILE": str(file), "FOLDER": str(folder)}
        words = [places.get(word, word.replace("FOLDER", str(folder))) for word in arguments]
        status, out, problem = told(capsys, *words)
        if (reader, kind) in NOTHING_WRONG:
            continue
        assert "Traceback" not in problem
        assert len(problem.splitlines()) <= 1, problem
        if reader not in LENIENT:
            assert status == 1, (kind, out)
            assert file.name in out + problem, (kind, out, problem)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("file", ["none", "folder", "x" * 300])
def test_command_with_no_file_says_so_in_one_line(
    reader: str, file: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ending, arguments = READERS[reader]
    path = folder / f"{file}{ending}"
    if file == "folder":
        path.mkdir()
    words = [
        str(path) if word == "FILE" else word.replace("FOLDER", str(folder)) for word in arguments
    ]
    status, out, problem = told(capsys, *words)
    if (file, reader) == ("folder", "lists"):  # one with no list in it
        return
    assert status == 1
    assert len((out + problem).strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("rules", "x"), "greenlane rules: No such command 'x'; see `greenlane rules --help`"),
        (("ledger", "export"), "greenlane ledger export: Missing option '--month'; see "),
        (("ledger", "export", "--month", "2026-13"), "expected a month such as 2026-11, got "),
        (("worker", "x"), "greenlane worker: Got unexpected extra argument(s) (x); see "),
        (("trace", "x", "--days", "1e9"), "greenlane trace: Invalid value for '--days': "),
        (("replay", "--from", "x"), "greenlane replay: "),
        (("schema", "none"), "greenlane schema: Invalid value for "),
    ],
)
def test_command_with_wrong_words_says_which_in_one_line(
    arguments: tuple[str, ...], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, said = told(capsys, *arguments)
    assert status == 2
    assert_one_line(said, problem)


def test_command_without_words_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, problem = told(capsys, "rules")
    assert status == 2
    assert "Read rules and try their examples." in out
    assert problem == ""


def test_output_to_a_full_disk_ends_in_one_line() -> None:
    command = [sys.executable, "-m", "streams.cli", "schema", "asyncapi"]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    assert_one_line(ended.stderr, "No space left on device")
