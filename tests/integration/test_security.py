"""Worker and learner with certificates and users that may do no more than they need."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import KafkaError, Message, Producer
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError
from redis.exceptions import ConnectionError as RedisConnectionError

from schemas.codec import decode_decision
from streams.embedded import LocalServer
from streams.kafka.topics import planned_topics
from streams.settings import TopicSettings, load_settings
from tests.integration.test_profiles import outcome_of
from tests.integration.test_worker_kill import manifests
from tests.pipeline import Pipeline
from tests.servers.certificates import Authority
from tests.servers.secured import SecuredKafka, SecuredRedis, allow

PARCELS = 100
PASSWORD = "a-password-nobody-may-read"
LOTTERY_KEY = "a-lottery-key-nobody-may-read"
NAMES = {f"topics__{name}": topic for name, topic in TopicSettings() if isinstance(topic, str)}

Starter = Callable[[LocalServer], LocalServer]


class Place:
    """Secured servers, and a pipeline on them."""

    def __init__(self, start: Starter, folder: Path) -> None:
        authority = Authority(folder)
        self.kafka, self.redis = SecuredKafka(authority), SecuredRedis(authority, PASSWORD)
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
            policy__hold_share="0.3",
            policy__lottery_key=LOTTERY_KEY,
        )
        allow(self.kafka.bootstrap_servers)

    def access(self, user: str) -> dict[str, str]:
        """Return the settings of a process of ours."""
        return {
            "kafka.bootstrap_servers": self.kafka.secure_servers,
            "kafka.client": json.dumps(self.kafka.client_of(user)),
            "store.url": self.redis.url_of(user),
        }

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
def test_worker_and_learner_with_least_privilege_decide_and_learn_and_tell_no_secret(
    place: Place,
) -> None:
    pipeline, topics = place.pipeline, place.pipeline.settings.topics
    worker = pipeline.spawn("worker", more=place.access("greenlane-worker"))
    learner = pipeline.spawn("learner", more=place.access("greenlane-learner"))
    pipeline.publish(topics.manifests, [*manifests(PARCELS), b"{"])
    assert len(pipeline.read(pipeline.decided, PARCELS + 1)) == PARCELS + 1, worker.log_tail()
    held = [decode_decision(one.value()) for one in pipeline.read([topics.hold], 1)]
    pipeline.publish(topics.outcomes, map(outcome_of, held))
    assert len(pipeline.read([topics.training], len(held))) == len(held), learner.log_tail()
    pipeline.stop()
    for log in place.folder.glob("*.log"):
        said = log.read_text()
        assert "NOPERM" not in said, said
        assert "uthorization" not in said, said
        assert PASSWORD not in said
        assert LOTTERY_KEY not in said

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

    denied = KafkaError.TOPIC_AUTHORIZATION_FAILED
    assert place.refused("greenlane-worker", topics.outcomes) == denied
    assert place.refused("greenlane-worker", topics.training) == denied
    assert place.refused("platform", topics.hold) == denied
    assert place.refused("somebody", topics.manifests) == denied
    assert place.refused("platform", topics.manifests) is None


def test_every_topic_of_the_permissions_is_one_of_ours() -> None:
    lines = Path("deploy/acl/kafka.csv").read_text().splitlines()[1:]
    named = {line.split(",")[4] for line in lines if ",TOPIC," in line}
    assert named <= {plan.name for plan in planned_topics(TopicSettings())}


def test_settings_show_no_secret_in_repr_or_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENLANE_KAFKA__CLIENT", json.dumps({"sasl.password": PASSWORD}))
    settings = load_settings(
        {
            "store.url": f"rediss://user:{PASSWORD}@store/0",
            "policy.lottery_key": LOTTERY_KEY,
            "profiles.secret": PASSWORD,
        }
    )
    assert settings.kafka.client["sasl.password"] == PASSWORD
    for text in (repr(settings), str(settings), repr(settings.store), f"{settings.kafka}"):
        assert PASSWORD not in text
        assert LOTTERY_KEY not in text
