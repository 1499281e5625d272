"""The decision on one manifest: hold or clear, why, and with what."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from schemas.reference.assessment import Assessment
from schemas.types import (
    Action,
    Arm,
    Control,
    CountryCode,
    Identifier,
    Instant,
    OptionalIdentifier,
    Probability,
    ReasonSource,
    SchemaVersion,
    ShortText,
)

SCHEMA_VERSION = 1
MAX_REASONS = 8
MAX_HISTORY = 1024


class Reason(Struct, frozen=True, gc=False):
    """One reason an officer can act on, the weightiest first.

    `contribution` is the reason's share of the score, in logits; 0 for a reason that does not
    come from the score (a mandatory hold, a random selection).
    """

    code: Identifier
    text: ShortText
    source: ReasonSource
    contribution: float = 0.0


class Decision(Struct, frozen=True, gc=False, omit_defaults=True):
    """One decision, exactly one for each manifest that could be read.

    `decision_id` is the manifest's coordinates, `topic:partition:offset`, so it is the same
    however often a batch is replayed. `propensity` is the probability with which this parcel
    would have been held under the policy in force: the base of every off-policy estimate.
    `features` (held parcels only) is what the score was made from, before hashing; with `history`
    and the manifest it can be made again for all (`scorers.logged_history`).
    """

    schema_version: SchemaVersion
    decision_id: Identifier
    item_id: Identifier
    action: Action
    arm: Arm
    probability: Annotated[Probability, Meta(description="Estimated chance of a violation.")]
    score: Annotated[float, Meta(description="The model's score, in logits; what was ranked.")]
    propensity: Probability
    threshold: Annotated[float, Meta(description="Score threshold in force, in logits.")]
    reasons: tuple[Reason, ...]
    destination_country: CountryCode
    model_version: Annotated[int, Meta(ge=0, description="Labels learnt by the model; 0 = none.")]
    policy_version: Identifier
    rules_version: Identifier
    spec_version: Identifier
    office_of_entry: OptionalIdentifier = ""
    lists_version: OptionalIdentifier = ""
    reference_version: OptionalIdentifier = ""
    expected_loss: Annotated[
        float,
        Meta(ge=0, description="Chance x revenue at stake + severity, in euro; 0 if not known."),
    ] = 0.0
    severity: Annotated[
        float, Meta(ge=0, description="Harm to security that holding it averts, in euro.")
    ] = 0.0
    utility: Annotated[
        float | None, Meta(description="What was ranked, where that is not the score.")
    ] = None
    exploration_rate: Annotated[
        Probability, Meta(description="Chance of being drawn at random, whatever the score.")
    ] = 0.0
    uncertainty_rate: Annotated[
        Probability, Meta(description="Chance on top, for how little the model knows of it.")
    ] = 0.0
    controls: tuple[Control, ...] = ()
    assessment: Assessment | None = None
    degraded: bool = False
    features: dict[str, Any] | None = None
    novelty: Annotated[
        float | None, Meta(description="Part of the score, in logits: how seldom such is seen.")
    ] = None
    history: Annotated[
        str,
        Meta(
            max_length=MAX_HISTORY,
            description="What profiles and orders said of the parcel, packed; empty if nothing.",
        ),
    ] = ""
    submitted_at: Annotated[
        Instant | None, Meta(description="When the manifest was; on holds, for what waits.")
    ] = None

    def __repr__(self) -> str:
        """Show the ids only: features hold identifiers of persons."""
        return f"Decision(decision_id={self.decision_id!r}, action={self.action!r})"


EXAMPLE = b"""{
 "schema_version": 1, "decision_id": "parcels.manifests:3:1042", "item_id": "RR473124829CN",
 "action": "hold", "arm": "risk", "probability": 0.83, "score": 1.7, "propensity": 1.0,
 "threshold": 1.1,
 "reasons": [{"code": "seller+hs4", "text": "seller seller-7 in heading 6109",
  "source": "model", "contribution": 1.9}],
 "destination_country": "DE", "office_of_entry": "DE003302", "model_version": 5120,
 "policy_version": "share-0.05-explore-0.01", "rules_version": "starter-1",
 "spec_version": "parcels-1a2b3c4d"
}"""
