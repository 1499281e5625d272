"""The list that is there without any file: descriptions that say nothing of the goods."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Final

from schemas.stopwords import SOURCE, STOP_WORDS, VALID_FROM
from scorers.lists.entries import Entry

NAME: Final = "ics2-stop-words"


def stop_words() -> tuple[Entry, ...]:
    """Return the ICS2 stop words of `schemas.stopwords`, in force from the list's own date."""
    since = datetime.combine(VALID_FROM, time.min, UTC)
    return tuple(
        Entry(list=NAME, kind="stop", subject="text", value=words, valid_from=since, note=SOURCE)
        for words in sorted(STOP_WORDS)
    )
