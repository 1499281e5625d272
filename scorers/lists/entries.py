"""Entries of lists: what is listed, how it is found, and what follows when it is."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

from schemas.types import Control
from scorers.features.text import all_words

Kind = Literal["prohibited", "watch", "restricted", "stop", "allow"]
"""From the weightiest to the lightest.

prohibited: goods that must be held. watch: a party, address or code that must be held.
restricted: raises or lowers the score, recommends a control. stop: a description that alone says
nothing. allow: a trusted party; never beats a hold.
"""

Subject = Literal[
    "party", "name", "address", "ioss", "eori", "seller", "platform", "order", "declarant",
    "hs", "text",
]  # fmt: skip
"""What a value is compared with."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
SUBJECTS: Final[tuple[Subject, ...]] = get_args(Subject)
HOLDING: Final[frozenset[Kind]] = frozenset({"prohibited", "watch"})

DEFAULT_THRESHOLD: Final = 86.0
MIN_THRESHOLD: Final = 75.0
"""Names less alike than this are not searched for: too many would be."""

MAX_SCORE: Final = 10.0
"""Logits that one entry may add or take."""

MAX_SEVERITY: Final = 1e6
"""EUR: what averting the worst may be worth, of one parcel."""

MAX_VALUE: Final = 512

REASON_CODES: Final[dict[Kind, str]] = {
    "prohibited": "PROHIBITED-GOODS",
    "watch": "WATCH-LIST",
    "restricted": "RESTRICTED-GOODS",
    "stop": "STOP-WORD",
    "allow": "ALLOW-LIST",
}
_DIGEST: Final = 8
_WORDED: Final[frozenset[Subject]] = frozenset({"name", "address", "text"})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a list.

    `score` is added to the parcel's logits. `severity` is the harm to security, in EUR, that
    holding the parcel would avert. `threshold` (0 to 100) is how alike a name must be.
    In force from `valid_from` to before `valid_to`.
    """

    list: str
    kind: Kind
    subject: Subject
    value: str
    reason_code: str = ""
    control: Control | Literal[""] = ""
    score: float = 0.0
    threshold: float = DEFAULT_THRESHOLD
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    owner: str = ""
    note: str = ""
    severity: float = 0.0

    @property
    def code(self) -> str:
        """Reason code: the entry's, or that of its kind."""
        return self.reason_code or REASON_CODES[self.kind]

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same entry after an edit: kind, subject, value as it is compared."""
        if self.subject not in _WORDED:
            return self.kind, self.subject, self.value
        # The sign that opens a phrase's end is no word, and yet says something.
        rest = "*" if self.value.endswith("*") else ""
        return self.kind, self.subject, " ".join(all_words(self.value)) + rest

    @property
    def reference(self) -> str:
        """Name to look the entry up by, which says nothing about it: list and digest."""
        digest = hashlib.sha256("\0".join(self.identity).encode("utf-8", "surrogatepass"))
        return f"{self.list}/{digest.hexdigest()[:_DIGEST]}"

    @property
    def shown(self) -> str:
        """The value as an officer may see it: of names and addresses only initials.

        >>> Entry(list="l", kind="watch", subject="name", value="Golden Sunrise Ltd").shown
        'G. S. L.'
        """
        if self.subject not in ("name", "address"):
            return self.value
        return " ".join(f"{word[0].upper()}." for word in all_words(self.value))

    def in_force(self, at: datetime) -> bool:
        """Tell whether the entry holds for a record of this instant."""
        begun = self.valid_from is None or self.valid_from <= at
        return begun and (self.valid_to is None or at < self.valid_to)
