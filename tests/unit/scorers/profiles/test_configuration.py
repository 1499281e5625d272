"""What must not be configured is refused, in one line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scorers.profiles import ProfileConfiguration

CONFIGURATION = ProfileConfiguration(b"a secret")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"secret": b"short"}, "secret: expected at least 8 bytes, got 5"),
        ({"shards": 0}, "shards: expected 1 to 1024, got 0"),
        ({"days": 61}, "days: expected 1 to 60, got 61"),
        ({"order_days": 0}, "order_days: expected at least 1, got 0"),
        ({"ahead_hours": 0}, "ahead_hours: expected at least 1, got 0"),
    ],
)
def test_configuration_out_of_bounds_is_refused(changes: dict[str, int], text: str) -> None:
    with pytest.raises(ValueError, match=rf"^{text}$"):
        replace(CONFIGURATION, **changes)


@pytest.mark.parametrize(
    "changes", [{"secret": b"another one"}, {"shards": 2}, {"days": 30}, {"order_days": 7}]
)
def test_configuration_text_differs_with_what_makes_a_store_another(
    changes: dict[str, int],
) -> None:
    assert replace(CONFIGURATION, **changes).text != CONFIGURATION.text


def test_secret_longer_than_a_key_is_used_whole() -> None:
    secrets = [b"k" * 65, b"k" * 66]
    texts = {ProfileConfiguration(secret).text for secret in secrets}
    assert len(texts) == 2


def test_shard_keys_have_one_hash_tag_each() -> None:
    keys = replace(CONFIGURATION, shards=2, namespace="n").shard_keys
    assert keys == ("{n:0}", "{n:1}")
