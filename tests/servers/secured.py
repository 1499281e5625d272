"""Redis and Apache Kafka as in production: encrypted, and each client may do what it needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from streams.processes import LOOPBACK
from tests.servers.certificates import Authority
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer

ACL: Final = Path(__file__).parents[2] / "deploy" / "acl"
_ADMIN: Final = "user probe on >probe-secret allkeys allchannels +@all\n"

_PROTOCOLS: Final = "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL"
_CALL_SECONDS: Final = 30.0


class SecuredRedis(RedisServer):
    """Redis with TLS only, and the users of `deploy/acl/redis.acl`, whose password is given."""

    def __init__(self, authority: Authority, password: str) -> None:
        super().__init__()
        self._authority = authority
        self._user_password = password

    @property
    def url(self) -> str:
        """The URL of a user who may do all, for tests."""
        return self.url_of("probe", "probe-secret")

    def url_of(self, user: str, password: str = "") -> str:
        """Return the URL of a user."""
        login = f"{user}:{password or self._user_password}"
        return f"rediss://{login}@{self.address}/0?ssl_ca_certs={self._authority.certificate}"

    def _command(self, directory: Path, /) -> list[str]:
        users = directory / "users.acl"
        granted = f"on >{self._user_password}"
        text = re.sub(r"\boff resetpass\b", granted, (ACL / "redis.acl").read_text())
        users.write_text(text + _ADMIN)
        certificate, key = self._authority.issue("redis")
        host, port = self.address.split(":")
        return [
            *(self._program(), "--bind", host, "--port", "0", "--tls-port", port),
            *("--tls-cert-file", str(certificate), "--tls-key-file", str(key)),
            *("--tls-ca-cert-file", str(self._authority.certificate), "--tls-auth-clients", "no"),
            *("--aclfile", str(users), "--dir", str(directory), "--save", ""),
        ]


class SecuredKafka(ApacheKafka):
    """Apache Kafka whose users have certificates, and may do what was allowed them.

    The tests themselves are its administrator, through a listener without encryption.
    """

    def __init__(self, authority: Authority) -> None:
        super().__init__()
        self._authority = authority
        self._secure = ""

    @property
    def secure_servers(self) -> str:
        """The address for those with certificates."""
        return self._secure

    def client_of(self, name: str) -> dict[str, str]:
        """Return the properties of a client with a certificate for a name."""
        certificate, key = self._authority.issue(name)
        return {
            "security.protocol": "ssl",
            "ssl.ca.location": str(self._authority.certificate),
            "ssl.certificate.location": str(certificate),
            "ssl.key.location": str(key),
        }

    def _properties(self, directory: Path) -> str:
        self._secure = f"{LOOPBACK}:{self._find_port()}"
        clients = f"PLAINTEXT://{self.address},SSL://{self._secure}"
        certificate, key = self._authority.issue("broker")
        store = directory / "broker.pem"
        store.write_text(key.read_text() + certificate.read_text())
        secure = {
            "listeners": f"{clients},{self._controller}",
            "advertised.listeners": clients,
            "listener.security.protocol.map": _PROTOCOLS,
            "inter.broker.listener.name": "PLAINTEXT",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": store,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": self._authority.certificate,
            "ssl.client.auth": "required",
            "ssl.principal.mapping.rules": "RULE:^CN=(.*)$/$1/",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        }
        # Of two lines for a property the last one holds.
        return super()._properties(directory) + "".join(
            f"{name}={value}\n" for name, value in secure.items()
        )


def allow(bootstrap: str) -> int:
    """Allow what `deploy/acl/kafka.csv` says; return the number of permissions."""
    lines = (ACL / "kafka.csv").read_text().splitlines()[1:]
    bindings = [_binding(*line.split(",")) for line in lines]
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.create_acls(bindings).values():
        future.result(_CALL_SECONDS)
    return len(bindings)


def _binding(user: str, operation: str, resource: str, pattern: str, name: str) -> AclBinding:
    return AclBinding(
        ResourceType[resource],
        name,
        ResourcePatternType[pattern],
        f"User:{user}",
        "*",
        AclOperation[operation],
        AclPermissionType.ALLOW,
    )
