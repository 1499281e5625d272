"""Certificates of a test's own, made with the openssl command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.servers.restarting import ServerUnavailable

_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
_DAY = ("-days", "1")


class Authority:
    """Signs certificates for loopback, and for clients by name; all files are in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.certificate = folder / "ca.pem"
        self._key = folder / "ca.key"
        subject = ("-subj", "/CN=authority of a test")
        _openssl(
            *("req", "-x509", "-nodes", *_CURVE, *_DAY, *subject),
            *("-keyout", self._key, "-out", self.certificate),
        )

    def issue(self, name: str) -> tuple[Path, Path]:
        """Return a certificate for a name, and its key."""
        key, request, made = (self._folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
        extensions = self._folder / f"{name}.ext"
        extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        subject = ("-subj", f"/CN={name}")
        _openssl("req", "-new", "-nodes", *_CURVE, *subject, "-keyout", key, "-out", request)
        _openssl(
            *("x509", "-req", *_DAY, "-in", request, "-out", made, "-extfile", extensions),
            *("-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial"),
        )
        return made, key


def _openssl(*words: str | Path) -> None:
    program = shutil.which("openssl")
    if program is None:
        raise ServerUnavailable("openssl is not installed (apt-get install openssl)")
    subprocess.run([program, *map(str, words)], check=True, capture_output=True)
