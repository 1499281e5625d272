"""Why a parcel is held, in words that an officer can act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from schemas.decision import MAX_REASONS, Reason
from schemas.types import ReasonSource
from scorers.features.rows import Row
from scorers.features.spec import Category, FeatureSpec, Field, Number, Signal, Words

MIN_CONTRIBUTION: Final = 0.05
"""Logits: a feature that adds less says nothing to an officer."""

RANDOM = Reason("RANDOM", "selected at random, whatever its score", "policy")
TOP_SHARE = Reason("TOP-SHARE", "among the highest scores of the recent stream", "policy")

_MAX_TEXT: Final = 256
_MAX_VALUES: Final = 3


class Reasons:
    """Puts the contributions to a score into words, the weightiest first.

    A signal's starter rule and what the model learnt of that signal make one reason together.
    """

    def __init__(self, spec: FeatureSpec) -> None:
        self._fields = {field.name: field for field in spec.fields}
        self._rules = {rule.signal: rule for rule in spec.rules}

    def explain(self, contributions: Mapping[str, float], row: Row) -> tuple[Reason, ...]:
        """Return up to `MAX_REASONS` reasons from the contributions and the readable features."""
        totals = dict(contributions)
        for signal in row["signals"]:
            if signal in self._rules:
                totals[signal] = totals.get(signal, 0.0) + self._rules[signal].logit
        ranked = sorted(totals.items(), key=lambda entry: -entry[1])
        weighty = [(name, value) for name, value in ranked if value >= MIN_CONTRIBUTION]
        reasons = (self._reason(name, value, row) for name, value in weighty)
        return tuple(reason for reason in reasons if reason is not None)[:MAX_REASONS]

    def _reason(self, name: str, contribution: float, row: Row) -> Reason | None:
        """Return the reason for one feature, or None where it has nothing to show."""
        fields = [self._fields[part] for part in name.split("+") if part in self._fields]
        texts = [_text(field, row) for field in fields]
        if not texts or None in texts:
            return None
        text = ", ".join(filter(None, texts))[:_MAX_TEXT]
        rule = self._rules.get(name)
        source: ReasonSource = "quality" if isinstance(fields[0], Signal) else "model"
        if rule is not None:
            return Reason(rule.code, rule.text, "rule", round(contribution, 4))
        return Reason(name, text, source, round(contribution, 4))


def _text(field: Field, row: Row) -> str | None:
    """Return what the row says of `field`, or None if that is an absent signal."""
    if isinstance(field, Signal):
        return field.label if field.name in row["signals"] else None
    value = row.get(field.source)
    if isinstance(field, Number):
        return f"{field.label} {_number(value)} {field.unit}".rstrip()
    if isinstance(value, list):
        value = _joined(value, field)
    elif isinstance(field, Category) and field.prefix:
        value = str(value)[: field.prefix]
    return f"{field.label} {value or 'not given'}"


def _number(value: float | None) -> str:
    return "missing" if value is None else f"{value:.4g}"


def _joined(values: list[Any], field: Field) -> str:
    """Return the first distinct values of an item field."""
    prefix = field.prefix if isinstance(field, Category) and field.prefix else None
    quoted = isinstance(field, Words)
    shown = list(dict.fromkeys(str(value)[:prefix] for value in values))[:_MAX_VALUES]
    return " / ".join(f'"{value}"' if quoted else value for value in shown)
