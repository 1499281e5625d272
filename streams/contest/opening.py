"""The contestants that settings describe."""

from __future__ import annotations

from functools import partial
from typing import Final

from confluent_kafka import Consumer, TopicPartition

from scorers.features.extractor import Extractor
from scorers.model.ftrl import FTRLSettings
from scorers.specs import SPECS, spec_named
from streams.contest.closed import Contestant
from streams.contest.lineage import LAST_VERSION, Lineage, Recipe
from streams.contest.river import RiverChallenger
from streams.kafka.asking import answered
from streams.registry.opening import open_registry
from streams.registry.records import MAIN, RULES
from streams.setting_errors import SettingsError
from streams.setting_sections import ChallengerSettings
from streams.settings import Settings

_OWN: Final = "greenlane"
_CALL_SECONDS: Final = 30.0
_LEAST_BITS: Final = 10
_MOST_BITS: Final = 28
_TAKEN = (MAIN, RULES, LAST_VERSION)


def main_lineage(settings: Settings) -> Lineage:
    """Return the model that `model.*` describes, resumed."""
    return Lineage(MAIN, main_recipe(settings), open_registry(settings))


def main_recipe(settings: Settings) -> Recipe:
    """Return what makes the main model."""
    model = settings.model
    rates = FTRLSettings(model.alpha, model.beta, model.l1, model.l2)
    return Recipe(Extractor(spec_named(model.spec), model.bits), rates, model.importance)


def challengers(settings: Settings, log_end: int) -> list[Contestant]:
    """Return the challengers; raise `SettingsError` for one that cannot be made.

    `log_end` is where the training log ends: those of River learn the last labels before it.
    """
    found: list[Contestant] = []
    for name, one in settings.learner.challengers.items():
        if name in _TAKEN or not name.replace("-", "").replace("_", "").isalnum():
            raise SettingsError(
                f"learner.challengers.{name}: expected a name of letters, digits, - and _ that is "
                f"not {', '.join(_TAKEN)}"
            )
        if one.model == _OWN:
            recipe = _own_recipe(name, one, settings)
            registry = open_registry(settings, spec=recipe.extractor.spec.name)
            found.append(Lineage(name, recipe, registry))
        else:
            found.append(RiverChallenger(name, one, max(0, log_end - one.history)))
    return found


def _own_recipe(name: str, one: ChallengerSettings, settings: Settings) -> Recipe:
    model = settings.model
    chosen = one.options
    known = {"spec", "bits", "alpha", "beta", "l1", "l2", "importance"}
    if unknown := chosen.keys() - known:
        expected = ", ".join(sorted(known))
        got = ", ".join(sorted(unknown))
        raise SettingsError(
            f"learner.challengers.{name}.options: expected some of {expected}, got {got}"
        )
    spec = str(chosen.get("spec", model.spec))
    if spec not in SPECS:
        raise SettingsError(
            f"learner.challengers.{name}.options.spec: expected one of {', '.join(SPECS)}, "
            f"got {spec!r}"
        )
    try:
        rates = [float(chosen.get(n, getattr(model, n))) for n in ("alpha", "beta", "l1", "l2")]
        bits = _checked_bits(int(chosen.get("bits", model.bits)))
        importance = float(chosen.get("importance", model.importance))
        return Recipe(Extractor(spec_named(spec), bits), FTRLSettings(*rates), importance)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"learner.challengers.{name}.options: {error}") from None


def _checked_bits(bits: int) -> int:
    if not _LEAST_BITS <= bits <= _MOST_BITS:
        raise ValueError(f"expected {_LEAST_BITS} <= bits <= {_MOST_BITS}, got {bits}")
    return bits


def is_runnable(contestant: Contestant, main: Lineage) -> bool:
    """Tell whether the workers of these settings could decide by it."""
    if not isinstance(contestant, Lineage):
        return False
    own, theirs = contestant.recipe.extractor, main.recipe.extractor
    return (own.spec.version, own.bits) == (theirs.spec.version, theirs.bits)


def log_end(consumer: Consumer, topic: str) -> int:
    """Return where the training log ends."""
    partition = TopicPartition(topic, 0)
    ask = partial(consumer.get_watermark_offsets, partition, _CALL_SECONDS)
    return int(answered(ask, _CALL_SECONDS)[1])
