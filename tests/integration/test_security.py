"""Every process with a user of its own, which may do no more than it needs."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from confluent_kafka import KafkaError, Message, Producer
from confluent_kafka.admin import NewTopic
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError
from redis.exceptions import ConnectionError as RedisConnectionError

from schemas.codec import decode_decision
from streams.clock import utc_now
from streams.doctor import examine
from streams.embedded import LocalServer
from streams.kafka.clients import admin_client
from streams.kafka.reaching import BrokerError, require_broker
from streams.kafka.topics import planned_topics
from streams.processes import free_port
from streams.profiles.commands import rebuilt, rotated
from streams.publishing import publish_file
from streams.settings import KafkaSettings, Settings, TopicSettings, load_settings, variable_of
from tests.integration.test_profiles import outcome_of
from tests.integration.test_worker_kill import manifests
from tests.pipeline import Pipeline
from tests.servers.certificates import Authority
from tests.servers.secured import SecuredKafka, SecuredRedis, allow

PARCELS = 100
PASSWORD = "a-password-nobody-may-read"
LOTTERY_KEY = "a-lottery-key-nobody-may-read"
LOGIN = "ops:a-login-nobody-may-read"
PROFILE_SECRET = "a-profile-secret-nobody-may-read"
SIGNING_KEY = "a-signing-key-nobody-may-read"
SECRETS = (PASSWORD, LOTTERY_KEY, LOGIN.partition(":")[2], PROFILE_SECRET, SIGNING_KEY)
PARTNER = "partner.holds"
NAMES = {f"topics__{name}": topic for name, topic in TopicSettings() if isinstance(topic, str)}

Starter = Callable[[LocalServer], LocalServer]


class Place:
    """Secured servers, and a pipeline on them."""

    def __init__(self, start: Starter, folder: Path) -> None:
        authority = Authority(folder)
        self.kafka = SecuredKafka(authority, {"greenlane-learner": PASSWORD})
        self.redis = SecuredRedis(authority, PASSWORD)
        start(self.kafka)
        start(self.redis)
        self.folder = folder
        self.pipeline = Pipeline(
            self.kafka,
            self.redis,
            folder,
            **NAMES,
            worker__group="greenlane-worker",
            learner__group="greenlane-learner",
            tower__group="greenlane-tower",
            tower__flush_seconds="1",
            tower__credentials=LOGIN,
            metrics__credentials=LOGIN,
            bridge__url="mock://registry",
            policy__hold_share="0.3",
            policy__lottery_key=LOTTERY_KEY,
            profiles__secret=PROFILE_SECRET,
            model__signing_key=SIGNING_KEY,
        )
        allow(self.kafka.bootstrap_servers)

    def certified(self, user: str) -> dict[str, str]:
        """Return the settings of a process that shows a certificate."""
        return self._access(user, self.kafka.secure_servers, self.kafka.client_of(user))

    def signed_in(self, user: str, mechanism: str = "SCRAM-SHA-512") -> dict[str, str]:
        """Return the settings of a process that has a password."""
        if mechanism != "PLAIN":
            self.kafka.set_password(user, PASSWORD)
        client = self.kafka.login_of(user, PASSWORD, mechanism)
        return self._access(user, self.kafka.login_servers, client)

    def _access(self, user: str, servers: str, client: dict[str, str]) -> dict[str, str]:
        return {
            "kafka.bootstrap_servers": servers,
            "kafka.client": json.dumps(client),
            "store.url": self.redis.url_of(user),
        }

    @contextmanager
    def settings_of(self, access: dict[str, str]) -> Iterator[Settings]:
        """Set the environment as a process of ours has it, and yield its settings."""
        with pytest.MonkeyPatch.context() as patched:
            for name, value in {**self.pipeline.overrides, **access}.items():
                patched.setenv(variable_of(name), value)
            yield load_settings()

    def publish(self, values: list[bytes]) -> None:
        """Publish manifests as a platform does."""
        file = self.folder / "parcels.ndjson"
        file.write_bytes(b"\n".join(values))
        with self.settings_of(self.signed_in("platform")):
            publish_file(file, "manifests", None)

    def renew_profiles(self) -> None:
        """Make profiles anew, and bring them under another secret, as an operator does."""
        access = self.signed_in("greenlane-operator")
        with self.settings_of(access) as settings:
            assert f" {PARCELS} manifests, " in rebuilt(settings, utc_now(), replace=True)
        former = json.dumps([PROFILE_SECRET])
        renewed = {"profiles.secret": f"{PROFILE_SECRET} 2", "profiles.former_secrets": former}
        with self.settings_of(access | renewed) as settings:
            assert rotated(settings).endswith(" records are under the new secret now")

    def refused(self, user: str, topic: str) -> int | None:
        """Produce as a user; return the code of the error."""
        servers = {"bootstrap.servers": self.kafka.secure_servers, "log_level": 0}
        producer = Producer({**servers, **self.kafka.client_of(user)})
        codes: list[int | None] = []

        def note(error: KafkaError | None, _: Message) -> None:
            codes.append(error.code() if error else None)

        producer.produce(topic, b"{}", on_delivery=note)
        producer.flush(20)
        return codes[0]


@pytest.fixture
def place(start_server: Starter, tmp_path: Path) -> Iterator[Place]:
    """Yield secured servers with nothing running."""
    made = Place(start_server, tmp_path)
    yield made
    made.pipeline.stop()


@pytest.mark.kafka
@pytest.mark.redis
@pytest.mark.timeout(240)
def test_every_process_with_least_privilege_does_its_work_and_tells_no_secret(
    place: Place,
) -> None:
    pipeline, topics = place.pipeline, place.pipeline.settings.topics
    ports = {"metrics.port": str(free_port())}
    worker = pipeline.spawn("worker", more=place.certified("greenlane-worker") | ports)
    learner = pipeline.spawn("learner", more=place.signed_in("greenlane-learner", "PLAIN"))
    tower = pipeline.spawn("tower", more=place.signed_in("greenlane-tower"))
    admin = admin_client(pipeline.settings.kafka)
    admin.create_topics([NewTopic(PARTNER, 1, 1)])[PARTNER].result()
    bridge = pipeline.spawn(f"bridge out hold {PARTNER}", more=place.signed_in("greenlane-bridge"))
    place.publish([*manifests(PARCELS), b"{"])
    assert len(pipeline.read(pipeline.decided, PARCELS + 1)) == PARCELS + 1, worker.log_tail()
    held = [decode_decision(one.value()) for one in pipeline.read([topics.hold], 1)]
    pipeline.publish(topics.outcomes, map(outcome_of, held))
    assert len(pipeline.read([topics.training], len(held))) == len(held), learner.log_tail()
    assert pipeline.read([topics.ioss_ledger], 1), tower.log_tail()
    assert pipeline.read([topics.held_stats], 1), tower.log_tail()
    assert pipeline.read([PARTNER], 1), bridge.log_tail()
    pages = [
        page(ports["metrics.port"], "metrics"),
        page(pipeline.overrides["tower.port"], "holds"),
    ]
    with place.settings_of(place.signed_in("greenlane-operator")) as settings:
        assert [one for one in examine(settings) if not one.well] == []
    pipeline.stop()
    place.renew_profiles()
    for said in (*pages, *(log.read_text() for log in place.folder.glob("*.log"))):
        assert "NOPERM" not in said, said
        assert "uthorization" not in said, said
        assert [secret for secret in SECRETS if secret in said] == []

    store = Redis.from_url(place.redis.url_of("greenlane-worker"))
    for command in (
        ("SET", "greenlane:model:x:latest", "forged"),
        ("HSET", "greenlane:model:x:latest", "main", "forged"),
        ("FLUSHALL",),
        ("CONFIG", "GET", "*"),
        ("ACL", "LIST"),
        ("KEYS", "*"),
    ):
        with pytest.raises(NoPermissionError):
            store.execute_command(*command)
    with pytest.raises(AuthenticationError):
        Redis.from_url(place.redis.url_of("greenlane-worker", "wrong")).ping()
    with pytest.raises(RedisConnectionError):
        Redis.from_url(f"redis://{place.redis.address}/0").ping()

    for mechanism in ("PLAIN", "SCRAM-SHA-512"):
        client = place.kafka.login_of("greenlane-learner", "not-the-password", mechanism)
        servers = place.kafka.login_servers
        with pytest.raises(
            BrokerError, match=r"does not let us in: .*see sasl\.mechanism"
        ) as raised:
            require_broker(KafkaSettings(bootstrap_servers=servers, client=client))
        assert "\n" not in str(raised.value)
        assert "not-the-password" not in str(raised.value)

    denied = KafkaError.TOPIC_AUTHORIZATION_FAILED
    assert place.refused("greenlane-worker", topics.outcomes) == denied
    assert place.refused("greenlane-worker", topics.training) == denied
    assert place.refused("platform", topics.hold) == denied
    assert place.refused("somebody", topics.manifests) == denied
    assert place.refused("platform", topics.manifests) is None


def page(port: str, name: str) -> str:
    """Return a page of a process, which only those with a login get."""
    address = f"http://127.0.0.1:{port}/{name}"
    with pytest.raises(HTTPError, match="401"):
        urlopen(address)
    sent = {"Authorization": f"Basic {b64encode(LOGIN.encode()).decode()}"}
    with urlopen(Request(address, headers=sent)) as answer:
        text: str = answer.read().decode()
    return text


def test_every_topic_of_the_permissions_is_one_of_ours() -> None:
    lines = Path("deploy/acl/kafka.csv").read_text().splitlines()[1:]
    named = {line.split(",")[4] for line in lines if ",TOPIC," in line}
    ours = {plan.name for plan in planned_topics(TopicSettings())}
    prefixes = {"parcels.", "partner.", "greenlane-tower-"}
    assert named <= ours | prefixes


def test_settings_show_no_secret_in_repr_or_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENLANE_KAFKA__CLIENT", json.dumps({"sasl.password": PASSWORD}))
    monkeypatch.setenv("GREENLANE_PROFILES__FORMER_SECRETS", json.dumps([PASSWORD]))
    settings = load_settings(
        {
            "store.url": f"rediss://user:{PASSWORD}@store/0",
            "policy.lottery_key": LOTTERY_KEY,
            "profiles.secret": PASSWORD,
            "metrics.credentials": f"ops:{PASSWORD}",
            "tower.credentials": f"ops:{PASSWORD}",
            "bridge.credentials": f"ops:{PASSWORD}",
        }
    )
    assert settings.kafka.client["sasl.password"] == PASSWORD
    for text in (repr(settings), str(settings), repr(settings.store), f"{settings.kafka}"):
        assert PASSWORD not in text
        assert LOTTERY_KEY not in text
