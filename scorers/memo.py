"""Answers about texts, remembered: codes and wordings repeat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

_LIMIT: Final = 100_000


class TextMemo(dict[str, int]):
    """A function of a text to a small number, computed once a text and forgotten at `limit`.

    >>> TextMemo(len).of(["610910", "", "610910"]).tolist()
    [6, 0, 6]
    """

    def __init__(self, function: Callable[[str], int], limit: int = _LIMIT) -> None:
        super().__init__()
        self._function = function
        self._limit = limit

    def __missing__(self, text: str) -> int:
        if len(self) >= self._limit:
            self.clear()
        answer = self[text] = self._function(text)
        return answer

    def of(self, texts: Sequence[str]) -> npt.NDArray[np.uint8]:
        """Return the answer for each text."""
        return np.fromiter(map(self.__getitem__, texts), np.uint8, len(texts))
