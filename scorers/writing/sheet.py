"""A batch's records while they are put together, piece after piece."""

from __future__ import annotations

import numpy as np

from schemas.codec import encode
from scorers.features.batch import Floats, Integers
from scorers.features.texts import Texts
from scorers.writing.joining import Flags, bytes_of, joined, listed, texts_in

_NOTHING = Texts(bytes_of(b""), np.zeros(1, np.int64), np.zeros(1, np.int64))
"""The first text of every sheet."""


class Sheet:
    """Pieces of `count` records: in each a text between a lead and a tail.

    Texts are kept once, and a piece has a number for each record. Without text it is nothing,
    unless it is `always` written.

    >>> from scorers.features.texts import texts_of
    >>> sheet = Sheet(2)
    >>> sheet.texts(b"<", texts_of(["mug", ""]), b">", always=False)
    >>> sheet.numbers(b" ", np.array([0.5, 2.0]))
    >>> sheet.fixed(b".")
    >>> sheet.records()
    [b'<mug> 0.5.', b' 2.0.']
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._texts = [_NOTHING]
        self._size, self._known = 0, 1
        self._none, self._each = np.zeros(count, np.int64), np.arange(count)
        self._pieces, self._tails = [(b"", True, self._none)], [b""]
        self._floats: list[Floats] = []
        self._float_rows: list[int] = []

    def fixed(self, text: bytes) -> None:
        """Write a text in all records."""
        _, always, _ = self._pieces[-1]
        if always:
            self._tails[-1] += text
        else:
            self._put(text, self._none)

    def texts(self, lead: bytes, texts: Texts, tail: bytes = b"", *, always: bool = True) -> None:
        """Write in each record a text of its own."""
        self.chosen(lead, texts, self._each, tail, always=always)

    def chosen(
        self,
        lead: bytes,
        texts: Texts,
        numbers: Integers,
        tail: bytes = b"",
        *,
        always: bool = True,
    ) -> None:
        """Write in each record one of some texts, by its number."""
        self._put(lead, self._keep(texts) + numbers, tail, always=always)

    def numbers(self, lead: bytes, numbers: Floats, *, always: bool = True) -> None:
        """Write numbers as the codec does; what is not `always` written is left out where NaN."""
        self._float_rows.append(len(self._pieces))
        self._floats.append(numbers)
        self._put(lead, self._none, always=always)

    def records(self) -> list[bytes]:
        """Return what was written."""
        if not self.count:
            return []
        leads, wanted, numbers = zip(*self._pieces, strict=True)
        rows, always = np.concatenate(numbers).reshape(-1, self.count), np.array(wanted)
        if self._floats:
            rows[self._float_rows] = self._number_texts(always[self._float_rows])
        first = self._keep(texts_in([*leads, *self._tails]))
        return joined(self._texts, first, always, rows)

    def _put(
        self, lead: bytes, numbers: Integers, tail: bytes = b"", *, always: bool = True
    ) -> None:
        _, always_before, _ = self._pieces[-1]
        if always and always_before:  # what stands between two texts is one text
            lead, self._tails[-1] = self._tails[-1] + lead, b""
        self._pieces.append((lead, always, numbers))
        self._tails.append(tail)

    def _keep(self, texts: Texts) -> int:
        """Keep some texts; return the number of the first."""
        first = self._known
        self._texts.append(Texts(texts.data, texts.starts + self._size, texts.sizes))
        self._size += len(texts.data)
        self._known += len(texts.starts)
        return first

    def _number_texts(self, always: Flags) -> Integers:
        """Keep the texts of all numbers; return which is whose.

        What is the same as in the record before is written once: many columns are the same for all.
        """
        numbers = np.concatenate(self._floats).reshape(-1, self.count)
        bits = numbers.view(np.int64)  # 0.0 and -0.0 are equal, but not as texts
        changes = np.ones(bits.shape, np.bool_)
        np.not_equal(bits[:, 1:], bits[:, :-1], out=changes[:, 1:])
        first = self._keep(listed(encode(numbers[changes].tolist())))
        texts = changes.cumsum().reshape(bits.shape) + (first - 1)
        return np.where(np.isnan(numbers) & ~always[:, None], 0, texts)
