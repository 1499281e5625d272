"""Commands, settings, files and links that the pages name exist."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from scorers.budgets.loading import load_plan
from scorers.rules.checking import book_of
from streams.cli import app
from streams.settings import Settings, setting_names, variable_of
from tests.documents.blocks import ROOT, blocks_of, written_pages

PAGES = written_pages()
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

SECTIONS = "|".join(Settings.model_fields)
# A dictionary's keys are nested further, and so have names of their own.
OPEN_ENDED = ("GREENLANE_KAFKA__CLIENT__", "GREENLANE_LEARNER__CHALLENGERS__")


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def commands(page: Path) -> set[str]:
    """Return the commands of ours that a page shows in blocks of shell."""
    found = set()
    for block in blocks_of(page):
        if block.language in {"", "sh"}:
            for line in block.text.splitlines():
                shown = re.search(r"(?:^|/| )greenlane ([^#>]+)", line)
                if shown and not line.startswith("#"):
                    found.add(shown[1].split(" |")[0].strip(" &"))
    return found


GROUPS = {group.name for group in app.registered_groups}
COMMANDS = sorted({command for page in PAGES for command in commands(page)})


@pytest.mark.parametrize("line", COMMANDS)
def test_command_that_is_shown_exists_with_its_options(line: str) -> None:
    words = shlex.split(line)
    names: list[str] = []
    for word in words:
        if not re.fullmatch("[a-z]+", word) or not help_of(*names, word):
            break
        names.append(word)
    assert names, line
    said = help_of(*names)
    missing = [word for word in words if word.startswith("--") and word not in said]
    assert missing == []


@cache
def help_of(*names: str) -> str:
    """Return the help of a command, or nothing if there is none of that name."""
    said = CliRunner().invoke(app, [*names, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    usage = " ".join(["Usage:", "root", *names])
    known = said.exit_code == 0 and all(name in said.output.split("\n")[1] for name in names)
    return said.output if known or said.output.strip().startswith(usage) else ""


def test_pages_show_commands_to_check() -> None:
    assert len(COMMANDS) >= 30


@every_page
def test_block_of_commands_is_run_by_a_test_that_knows_them_or_says_why_not(page: Path) -> None:
    for block in blocks_of(page):
        if block.language == "sh":
            assert block.mark in {"run", "elsewhere", "by hand"}, block.text
        elif not block.language:
            assert not re.search(r"^(greenlane|make|python) ", block.text, re.MULTILINE), block.text
        if block.mark == "elsewhere":
            tests = "\n".join(text(ROOT / name) for name in block.about.split())
            missing = [words for words in words_of(block.text) if not _knows(tests, words)]
            assert missing == [], block.about


def words_of(script: str) -> list[list[str]]:
    """Return the words before the options of each command of ours or of make in a script."""
    shown = re.findall(
        r"^(?:\S*/|[A-Z_]+=\S+ )?(greenlane|make) ([a-z]+(?: [a-z]+)?)", script, re.MULTILINE
    )
    return [
        words.split() if words.split()[0] in GROUPS else words.split()[:1] for _, words in shown
    ]


def _knows(tests: str, words: list[str]) -> bool:
    return re.search(r"\W+".join(["", *words, ""]), tests) is not None


@every_page
def test_settings_that_a_page_names_exist(page: Path) -> None:
    named = set(re.findall(rf"`((?:{SECTIONS})\.[a-z_]+)`", text(page)))
    files = {name for name in named if name.endswith((".md", ".py", ".toml"))}
    assert named - files <= set(setting_names())
    variables = set(re.findall(r"GREENLANE_[A-Z]+__[A-Z_]+[A-Z]", text(page)))
    known = {variable_of(name) for name in setting_names()}
    assert {name for name in variables if not name.startswith(OPEN_ENDED)} <= known


@every_page
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if re.match("https?:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        if anchor and linked.suffix == ".md":
            assert anchor in set(map(slug, re.findall(r"^#+ (.+)$", text(linked), re.MULTILINE)))


def slug(heading: str) -> str:
    """Return the anchor that the site gives a heading."""
    return re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip())


def test_every_page_is_in_the_site() -> None:
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    listed = set(re.findall(r"[\w/-]+\.md", str(site["nav"])))
    docs = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    # Single decisions are reached by their index.
    assert {page for page in docs - listed if not page.startswith("decisions/0")} == set()
    assert listed <= docs


def test_figures_beside_alternatives_are_those_that_the_pages_measured() -> None:
    section = text(ROOT / "README.md").partition("## Beside the alternatives")[2].partition("##")[0]
    cells = re.findall(r"(?<=\| )(?:\.\d+|\d+,\d+)(?= \|)", section)
    assert len(cells) >= 5
    measured = text(ROOT / "docs" / "quality.md") + text(ROOT / "docs" / "speed.md")
    assert [cell for cell in cells if f"{cell} " not in measured] == []


def test_policy_files_that_pages_show_are_some() -> None:
    shown = {block.about: block.text.encode() for page in PAGES for block in blocks_of(page)}
    (rule,) = book_of([("rules.yaml", shown["rules.yaml"])]).rules
    assert len(rule.examples) == 2
    assert load_plan(shown["budgets.toml"], "budgets.toml").offices["DE003302"].per_hour == 120
