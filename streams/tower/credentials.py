"""The broker's security as Faust takes it, from the properties that our other clients take."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from typing import Final

from faust.auth import SASLCredentials, SSLCredentials
from faust.types.auth import CredentialsT

from streams.setting_errors import SettingsError

_SETTING: Final = "kafka.client"
_PROTOCOL: Final = "security.protocol"
_PROTOCOLS: Final = ("plaintext", "ssl", "sasl_plaintext", "sasl_ssl")
_MECHANISM: Final = "sasl.mechanism"
_MECHANISMS: Final = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
_HOST_CHECK: Final = "ssl.endpoint.identification.algorithm"
_FILES: Final = ("ssl.certificate.location", "ssl.key.location", "ssl.key.password")
_KNOWN: Final = {
    *(_MECHANISM, "sasl.mechanisms", "sasl.username", "sasl.password"),
    *("ssl.ca.location", _HOST_CHECK, *_FILES),
}


def credentials_of(client: Mapping[str, str]) -> CredentialsT | None:
    """Return credentials for librdkafka's properties of security; None if they ask for none.

    Raises `SettingsError` for what Faust cannot do, and for files that cannot be read.

    >>> credentials_of({}) is None
    True
    >>> credentials_of({"security.protocol": "sasl_plaintext", "sasl.mechanism": "GSSAPI"})
    Traceback (most recent call last):
        ...
    streams.setting_errors.SettingsError: kafka.client.sasl.mechanism: expected one of PLAIN, \
SCRAM-SHA-256, SCRAM-SHA-512 for the tower; got 'GSSAPI'
    """
    for name in client:
        if name.startswith(("ssl.", "sasl.")) and name not in _KNOWN:
            raise _refused("", sorted(_KNOWN), name)
    protocol = client.get(_PROTOCOL, _PROTOCOLS[0]).lower()
    if protocol not in _PROTOCOLS:
        raise _refused(_PROTOCOL, _PROTOCOLS, protocol)
    context = _context(client) if protocol.endswith("ssl") else None
    if protocol.startswith("sasl"):
        return _sasl(client, context)
    return None if context is None else SSLCredentials(context)


def _sasl(client: Mapping[str, str], context: ssl.SSLContext | None) -> SASLCredentials:
    mechanism = client.get(_MECHANISM) or client.get("sasl.mechanisms", "")
    if mechanism not in _MECHANISMS:
        raise _refused(_MECHANISM, _MECHANISMS, mechanism)
    return SASLCredentials(
        username=client.get("sasl.username", ""),
        password=client.get("sasl.password", ""),
        ssl_context=context,
        mechanism=mechanism,
    )


def _context(client: Mapping[str, str]) -> ssl.SSLContext:
    authority = client.get("ssl.ca.location")
    certificate, key, password = (client.get(name) for name in _FILES)
    try:
        context = ssl.create_default_context(cafile=authority)
        if certificate:
            # Without a password an encrypted key would be asked for at a terminal.
            context.load_cert_chain(certificate, key, password or "")
    except OSError as error:  # ssl.SSLError is one
        files = ", ".join(name for name in (authority, certificate, key) if name)
        problem = error.strerror or error
        text = f"{_SETTING}: expected certificates in {files}; got {problem}"
        raise SettingsError(text) from None
    context.check_hostname = client.get(_HOST_CHECK) != "none"
    return context


def _refused(name: str, expected: Sequence[str], got: str) -> SettingsError:
    where = f"{_SETTING}.{name}" if name else _SETTING
    names = ", ".join(expected)
    return SettingsError(f"{where}: expected one of {names} for the tower; got {got!r}")
