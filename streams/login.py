"""Who may look at a process's pages: anybody, or who knows a name and a password."""

from __future__ import annotations

import hmac
from base64 import b64encode
from typing import Final

from pydantic import SecretStr

CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="greenlane", charset="UTF-8"'}
"""What an answer has that refuses somebody (RFC 7617); browsers then ask for both."""

REFUSAL: Final = "expected the name and password of the settings\n"


class Login:
    """Credentials that pages ask for; with empty ones everybody may look.

    >>> login = Login(SecretStr("ops:correct horse"))
    >>> login.admits("Basic b3BzOmNvcnJlY3QgaG9yc2U="), login.admits(None)
    (True, False)
    >>> Login(SecretStr("")).admits(None)
    True
    """

    def __init__(self, credentials: SecretStr) -> None:
        given = credentials.get_secret_value().encode()
        self._expected = b64encode(given) if given else None

    def admits(self, authorization: str | None) -> bool:
        """Return whether a request with this header may have its answer."""
        if self._expected is None:
            return True
        scheme, _, got = (authorization or "").partition(" ")
        # Compared whole, so that the time taken tells nothing.
        same = hmac.compare_digest(got.strip().encode("utf-8", "replace"), self._expected)
        return same and scheme.lower() == "basic"
