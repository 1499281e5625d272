"""What a batch of holds, outcomes and clearance events adds to the tower's tables."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.types import OptionalIdentifier, SchemaVersion

SCHEMA_VERSION = 1

Stage = Literal["decision", "inspection", "release"]

Label = Annotated[
    str, Meta(max_length=64, description="`office:CODE`, `carrier:ID` or `lane:HS4:ORIGIN:DEST`.")
]
Hash = Annotated[str, Meta(max_length=16, description="64 bits in hexadecimal.")]


class Passages(Struct, frozen=True, gc=False, omit_defaults=True):
    """Stages that held parcels have reached, in columns: how long after the manifest, and when."""

    stages: tuple[Stage, ...] = ()
    seconds: tuple[float, ...] = ()
    reached: Annotated[tuple[int, ...], Meta(description="Unix seconds.")] = ()
    offices: tuple[Label, ...] = ()
    carriers: tuple[Label, ...] = ()
    lanes: tuple[Label, ...] = ()


class Ties(Struct, frozen=True, gc=False, omit_defaults=True):
    """Who sent to whom and where, in columns: keyed hashes of the seller, the consignee and the
    address, and what the parcel was declared to be worth, in cents of its own currency."""

    held: Annotated[tuple[int, ...], Meta(description="Unix seconds.")] = ()
    items: tuple[OptionalIdentifier, ...] = ()
    sellers: tuple[Hash, ...] = ()
    consignees: tuple[Hash, ...] = ()
    addresses: tuple[Hash, ...] = ()
    cents: tuple[int, ...] = ()


class HeldStats(Struct, frozen=True, gc=False, omit_defaults=True):
    """A record of `parcels.held-stats`: what one batch of the tower's join step adds."""

    schema_version: SchemaVersion
    passages: Passages = Passages()
    ties: Ties = Ties()


EXAMPLE = b"""{
 "schema_version": 1,
 "passages": {"stages": ["inspection"], "seconds": [5400.5], "reached": [1793520000],
  "offices": ["office:DE003302"], "carriers": ["carrier:CNPOST"], "lanes": ["lane:6109:CN:DE"]},
 "ties": {"held": [1793520000], "items": ["RR473124829CN"], "sellers": ["1f"], "consignees": ["2e"],
  "addresses": ["3d"], "cents": [1890]}
}"""
