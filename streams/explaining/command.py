"""The command `greenlane explain`: one past decision, made again from the log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from schemas.decision import Decision
from schemas.manifest import Manifest
from schemas.reference.loading import load_reference
from scorers.assessment.assessor import Assessor
from scorers.features.extractor import Extractor
from scorers.lottery import Lottery
from scorers.model.model import ScoringModel
from scorers.policybook import PolicyBook
from scorers.specs import spec_named
from streams import clock
from streams.explaining.models import model_of
from streams.explaining.rebuilding import Check, Ingredients, checks_of
from streams.kafka.reaching import require_broker
from streams.policies import PolicyFollower
from streams.profiles.opening import identities_of
from streams.replay.past import PastParcel, PastParcels
from streams.replay.tables import table_of_past
from streams.settings import Settings, load_settings


@dataclass(frozen=True)
class Explanation:
    """A decision as recorded, its manifest, and for each field whether it came out again."""

    decision: Decision
    manifest: Manifest
    checks: list[Check]
    missing: dict[str, str]

    @property
    def differs(self) -> bool:
        """Whether anything came out otherwise."""
        return any(one.verdict == "different" for one in self.checks)


def explain(decision_id: str) -> Explanation | None:
    """Return what the log says of a decision; None if it does not have it.

    Raises `RecordsGoneError` and `KafkaException` if the log cannot be read.
    """
    settings = load_settings()
    require_broker(settings.kafka)
    found = PastParcels(settings).found([decision_id])
    return explained(found[decision_id], settings) if decision_id in found else None


def explained(past: PastParcel, settings: Settings) -> Explanation:
    """Make a decision again with what is at hand of its time."""
    decision = past.decision
    extractor = Extractor(spec_named(settings.model.spec), settings.model.bits)
    book = PolicyFollower(settings.policy, clock.monotonic, clock.utc_now).book
    folder = settings.policy.reference
    assessor = Assessor(load_reference(Path(folder) if folder else None))
    histories = [decision.history if past.history_known else ""]
    table = table_of_past([past.manifest], histories, assessor, identities_of(settings))
    if not decision.history:
        table.histories = None
    missing = _missing(
        past, extractor, book, table.assessments.version if table.assessments else ""
    )
    same_spec = "spec" not in missing
    model = model_of(settings, extractor, decision.model_version) if same_spec else None
    if model is None:
        missing["model"] = f"model of {decision.model_version} labels: not in the store or the log"
        model = ScoringModel(extractor.bits)
    lottery = Lottery(settings.policy.lottery_key.get_secret_value().encode())
    # Decisions count in whole seconds of the log.
    logged = float(int(past.manifest.seconds))
    made_of = Ingredients(table, logged, extractor, book, lottery, model, missing)
    checks = checks_of(decision, made_of)
    return Explanation(decision, past.manifest.manifest, checks, missing)


def _missing(
    past: PastParcel, extractor: Extractor, book: PolicyBook, reference: str
) -> dict[str, str]:
    """Return what of the decision's time is not at hand, each with the version it was."""
    decision, spec = past.decision, extractor.spec
    rules = f"{spec.rules_version}+{book.rules.version}"
    versions = {
        "spec": (decision.spec_version, spec.version),
        "rules": (decision.rules_version, rules),
        "lists": (decision.lists_version, book.lists.version),
        "reference data": (decision.reference_version, reference),
    }
    missing = {
        name: f"{name}: expected {then}, got {now}"
        for name, (then, now) in versions.items()
        if then != now
    }
    if not decision.history and not decision.degraded:
        missing["history"] = "history: the decision does not say what profiles said"
    if decision.novelty is None:
        missing["novelty"] = "novelty: the decision does not say how novel the parcel was"
    return missing
