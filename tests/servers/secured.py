"""Redis and Apache Kafka as in production: encrypted, and each client may do what it needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from streams.processes import LOOPBACK
from tests.servers.certificates import Authority
from tests.servers.kafka import ApacheKafka
from tests.servers.redis_server import RedisServer

ACL: Final = Path(__file__).parents[2] / "deploy" / "acl"
_ADMIN: Final = "user probe on >probe-secret allkeys allchannels +@all\n"

_PROTOCOLS: Final = "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL"
_SCRAM: Final = "SCRAM-SHA-512"
_LOGIN: Final = "org.apache.kafka.common.security"
_ROUNDS: Final = 4096
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
    """Apache Kafka whose users have certificates or passwords, and may do what was allowed them.

    The tests themselves are its administrator, through a listener without encryption.
    """

    def __init__(self, authority: Authority, passwords: Mapping[str, str] | None = None) -> None:
        """`passwords` are those of users by PLAIN; others are given by `set_password`."""
        super().__init__()
        self._authority = authority
        self._passwords = dict(passwords or {})
        self.secure_servers = ""
        """The address for those with certificates."""
        self.login_servers = ""
        """The address for those with passwords."""

    def client_of(self, name: str) -> dict[str, str]:
        """Return the properties of a client with a certificate for a name."""
        certificate, key = self._authority.issue(name)
        return {
            "security.protocol": "ssl",
            "ssl.ca.location": str(self._authority.certificate),
            "ssl.certificate.location": str(certificate),
            "ssl.key.location": str(key),
        }

    def login_of(self, name: str, password: str, mechanism: str = _SCRAM) -> dict[str, str]:
        """Return the properties of a client with a name and a password."""
        return {
            "security.protocol": "sasl_ssl",
            "ssl.ca.location": str(self._authority.certificate),
            "sasl.mechanism": mechanism,
            "sasl.username": name,
            "sasl.password": password,
        }

    def set_password(self, name: str, password: str) -> None:
        """Give a user a password for SCRAM."""
        admin = AdminClient({"bootstrap.servers": self.bootstrap_servers})
        kind = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _ROUNDS)
        changed = UserScramCredentialUpsertion(name, kind, password.encode())
        for future in admin.alter_user_scram_credentials([changed]).values():
            future.result(_CALL_SECONDS)

    def _properties(self, directory: Path) -> str:
        self.secure_servers, self.login_servers = (
            f"{LOOPBACK}:{self._find_port()}" for _ in range(2)
        )
        secured = f"SSL://{self.secure_servers},SASL_SSL://{self.login_servers}"
        clients = f"PLAINTEXT://{self.address},{secured}"
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
            "listener.name.ssl.ssl.client.auth": "required",
            "sasl.enabled.mechanisms": f"PLAIN,{_SCRAM}",
            "listener.name.sasl_ssl.plain.sasl.jaas.config": self._plain(),
            f"listener.name.sasl_ssl.{_SCRAM.lower()}.sasl.jaas.config": (
                f"{_LOGIN}.scram.ScramLoginModule required;"
            ),
            "ssl.principal.mapping.rules": "RULE:^CN=(.*)$/$1/",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        }
        # Of two lines for a property the last one holds.
        return super()._properties(directory) + "".join(
            f"{name}={value}\n" for name, value in secure.items()
        )

    def _plain(self) -> str:
        users = (f' user_{name}="{password}"' for name, password in self._passwords.items())
        return f"{_LOGIN}.plain.PlainLoginModule required{''.join(users)};"


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
