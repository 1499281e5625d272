"""The page: well-formed, self-contained, escaped, and with the right figures."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from scorers.evaluation.closed_loop import Arm, LoopPlan, LoopResult, closed_loop
from scorers.evaluation.measures import precision_at
from scorers.evaluation.protocols import Evaluation
from scorers.evaluation.report import render_report
from scorers.evaluation.scoring import Scores
from tests.unit.scorers.evaluation.builders import FIRST, Diary, make_cases, steps

_VOID = {"meta"}
NASTY = "<script>alert('1')</script> & \"<b>\""


class Outline(HTMLParser):
    """Checks that tags are closed in order; keeps tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that is closed at once."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        """Check that the innermost tag is closed."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


def outline(page: str) -> Outline:
    """Return the page's outline; fail if it is not well-formed."""
    parser = Outline()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


def evaluation(n: int = 400, seed: int = 1) -> Evaluation:
    """Return an evaluation with scores that say something."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=n)
    chances = 1 / (1 + np.exp(-logits))
    return Evaluation(Scores(logits, chances), (rng.random(n) < chances).astype(float), 0.5)


LOOP = closed_loop(
    Diary(), make_cases([30] * 90), LoopPlan(0.2, 0.05, warmup_days=5), steps().__next__
)
PAGE = render_report(
    {"frozen": evaluation(), "prequential": evaluation(seed=2), "closed loop": LOOP},
    "Declarations",
    {"subheading × price": 0.5, "origin": 0.25},
)


def test_the_page_is_well_formed_and_has_all_parts() -> None:
    page = outline(PAGE)
    assert PAGE.startswith("<!DOCTYPE html>")
    assert page.tags.count("svg") == 7
    assert page.tags.count("table") == 2
    for heading in ("Precision over budget", "Precision over time", "Calibration", "Largest"):
        assert heading in page.text


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    page = outline(PAGE)
    assert not {"script", "link", "img", "iframe", "object", "image", "use"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not {"src", "href", "xlink:href", "srcset", "action"} & names
    assert not any(name.startswith("on") for name in names)
    assert not re.search(r"url\(|@import|https?:", PAGE)


@pytest.mark.parametrize("place", ["title", "protocol", "loop", "feature"])
def test_text_is_escaped_wherever_it_stands(place: str) -> None:
    texts = {name: NASTY if name == place else name for name in ("title", "protocol", "feature")}
    loop = NASTY if place == "loop" else "loop"
    results: dict[str, Evaluation | LoopResult] = {texts["protocol"]: evaluation(), loop: LOOP}
    page = render_report(results, texts["title"], {texts["feature"]: 1.0})
    assert "<script" not in page
    assert "<b>" not in page
    assert NASTY in outline(page).text


def test_every_coordinate_is_a_number_inside_its_chart() -> None:
    for points in re.findall(r'points="([^"]*)"', PAGE):
        for point in points.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 640
            assert 0 <= y <= 300
    assert not re.search(r'="-?(nan|inf)', PAGE)


def test_dots_say_the_precision_at_each_budget() -> None:
    one = evaluation()
    for budget in (1, 5, 20):
        expected = precision_at(one.scores.logits, one.labels, budget / 100)
        assert f"<title>frozen, {budget}: {expected:.3f}</title>" in PAGE


def test_dots_say_the_precision_of_each_week_and_every_inspection_is_in_one() -> None:
    risk = LOOP.risk
    week = sum(risk.violations[:7]) / sum(risk.inspected[:7])
    middle = risk.days[3].isoformat()
    assert f"<title>by score, 7 days each, {middle}: {week:.3f}</title>" in PAGE
    weeks = re.findall(r"<title>by score, 7 days each, ", PAGE)
    assert len(weeks) == -(-len(risk.days) // 7)


def test_tables_show_every_figure_of_the_reports() -> None:
    text = outline(PAGE).text
    report = LOOP.report()
    assert f"overall, precision{report['overall']['precision']:.4f}" in text
    assert f"last 91 days, inspected{report['last_91_days']['inspected']:,}" in text
    assert f"auc{evaluation().report()['auc']:.4f}" in text


def test_features_are_listed_the_largest_first() -> None:
    assert PAGE.index("subheading × price: 0.5") < PAGE.index("origin: 0.25")


@pytest.mark.parametrize("result", [evaluation(), LOOP])
def test_a_single_result_needs_no_name(result: Evaluation | LoopResult) -> None:
    page = outline(render_report(result, "one"))
    assert page.tags.count("table") == 1


def test_results_of_one_parcel_or_one_kind_make_a_page() -> None:
    one = Evaluation(Scores(np.array([0.0]), np.array([0.5])), np.array([0.0]), 0.0)
    arms = Arm([FIRST], [1], [1]), Arm([FIRST], [0], [0])
    loop = LoopResult(*arms, {FIRST: 1}, one.scores, np.array([1.0]), 0.0)
    page = render_report({"frozen": one, "closed loop": loop}, "tiny")
    outline(page)
    assert not re.search(r'="-?(nan|inf)', page)
