"""What a rule does: its action, logits of an adjustment, controls it recommends, severity."""

from __future__ import annotations

from typing import Final, NamedTuple, get_args

import yaml

from schemas.types import Control
from scorers.rules.documents import Entries, elements, number_of, text_of
from scorers.rules.problems import Scope
from scorers.rules.rule import MAX_LOGITS, MAX_SEVERITY, Action

_ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
_CONTROLS: Final[tuple[Control, ...]] = get_args(Control)
_LOGITS: Final = f"a number other than 0, from -{MAX_LOGITS:g} to {MAX_LOGITS:g}"
_EUROS: Final = f"a number of EUR above 0, up to {MAX_SEVERITY:,.0f}"


class Effect(NamedTuple):
    """What a rule does to the parcels that it matches."""

    action: Action
    logits: float
    controls: tuple[Control, ...]
    severity: float


def effect_of(found: Entries, scope: Scope) -> Effect | None:
    """Return what a rule's entries say that it does; note what does not go together."""
    if "action" not in found:
        return None
    node = found["action"][1]
    action = _choice(node, scope.inside("action"), _ACTIONS)
    if action is None:
        return None
    logits = _logits(action, node, found, scope)
    controls = _controls(action, node, found, scope)
    severity = _severity(action, found, scope)
    if logits is None or controls is None or severity is None:
        return None
    return Effect(action, logits, controls, severity)


def _choice(node: yaml.Node, scope: Scope, choices: tuple[Action, ...]) -> Action | None:
    expected = f"one of {', '.join(choices)}"
    text = text_of(node, scope, expected)
    for choice in choices:
        if choice == text:
            return choice
    if text is not None:
        scope.refuse(node, expected)
    return None


def _logits(action: Action, node: yaml.Node, found: Entries, scope: Scope) -> float | None:
    """Return the adjustment, which the action `adjust` needs and the others must not have."""
    key, given = found.get("logits", (None, None))
    if key is None or given is None:
        if action == "adjust":
            scope.refuse(node, "a key `logits` beside the action adjust", "none")
        return None if action == "adjust" else 0.0
    inner = scope.inside("logits")
    if action != "adjust":
        inner.refuse(key, "logits beside the action adjust only", f"the action {action}")
        return None
    value = number_of(given, inner, _LOGITS)
    if value is not None and (value == 0 or abs(value) > MAX_LOGITS):
        inner.refuse(given, _LOGITS)
        return None
    return value


def _severity(action: Action, found: Entries, scope: Scope) -> float | None:
    """Return what holding is worth beside revenue, in EUR; `clear` must not have any."""
    key, given = found.get("severity", (None, None))
    if key is None or given is None:
        return 0.0
    inner = scope.inside("severity")
    if action == "clear":
        inner.refuse(key, "severity beside another action", "the action clear")
        return None
    value = number_of(given, inner, _EUROS)
    if value is not None and not 0 < value <= MAX_SEVERITY:
        inner.refuse(given, _EUROS)
        return None
    return value


def _controls(
    action: Action, node: yaml.Node, found: Entries, scope: Scope
) -> tuple[Control, ...] | None:
    """Return the controls, lightest first; `advise` needs them, `clear` must not have any."""
    key, given = found.get("controls", (None, None))
    if key is None or given is None:
        if action == "advise":
            scope.refuse(node, "a key `controls` beside the action advise", "none")
        return None if action == "advise" else ()
    inner = scope.inside("controls")
    if action == "clear":
        inner.refuse(key, "controls beside another action", "the action clear")
        return None
    return _known_controls(given, inner)


def _known_controls(node: yaml.Node, scope: Scope) -> tuple[Control, ...] | None:
    expected = f"one of {', '.join(_CONTROLS)}"
    read = [
        (child, inner, text_of(child, inner, expected)) for child, inner in elements(node, scope)
    ]
    for child, inner, text in read:
        if text is not None and text not in _CONTROLS:
            inner.refuse(child, expected)
    texts = {text for _, _, text in read}
    return (
        None if texts - set(_CONTROLS) or not texts else tuple(c for c in _CONTROLS if c in texts)
    )
