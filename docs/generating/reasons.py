"""The page of reason codes."""

from __future__ import annotations

from collections import defaultdict

from docs.generating.markdown import code, page, table
from schemas.decision import Reason
from scorers import deciding
from scorers.features.fields import Signal
from scorers.lists.entries import REASON_CODES
from scorers.specs import spec_named

_LEAD = """\
The code of a reason says what kind of evidence it is; its text says it in words, with figures.
Rules and lists bring codes of their own (`reason` of a rule, `reason_code` of a list's entry).
`contribution` is in logits: 0.7 doubles the odds. Codes of the default spec, `parcels`:"""


def reasons_page() -> str:
    """Return the page."""
    return page(
        "Reason codes",
        _LEAD,
        "## Policy\n\nWhy this parcel was selected; they say nothing of the goods.",
        table(["code", "text"], [[code(one.code), one.text] for one in _of_policy()]),
        "## Lists\n\nWhere an entry names no code of its own.",
        table(["code", "kind of entry"], [[code(one), kind] for kind, one in REASON_CODES.items()]),
        "## Starter rules\n\nWhat is believed before the first label, and corrected by labels.",
        table(["code", "logits", "text"], _starter_rules()),
        "## Evidence of the model\n\nEach is the sum of what the features of its group contribute.",
        table(["code", "features"], _groups()),
        "## Data quality and history\n\nSignals: present or not, with what was learnt of them.",
        table(["code", "text"], _signals()),
    )


def _of_policy() -> list[Reason]:
    return [one for one in vars(deciding).values() if isinstance(one, Reason)]


def _starter_rules() -> list[list[str]]:
    return [[code(one.code), f"{one.logit:+}", one.text] for one in spec_named("parcels").rules]


def _groups() -> list[list[str]]:
    spec = spec_named("parcels")
    signals = {field.name for field in spec.fields if isinstance(field, Signal)}
    members = defaultdict(list)
    for cross in spec.features:
        if cross.name not in signals:
            members[cross.group].append(cross.name)
    novelty = [code("NOVELTY"), "how seldom such a combination is seen, until labels come"]
    return [[code(group), ", ".join(map(code, names))] for group, names in members.items()] + [
        novelty
    ]


def _signals() -> list[list[str]]:
    spec = spec_named("parcels")
    by_rule = {rule.signal for rule in spec.rules}
    fields = [field for field in spec.fields if isinstance(field, Signal)]
    return [
        [code(field.name.upper().replace("_", "-")), field.label]
        for field in fields
        if field.name not in by_rule
    ]
