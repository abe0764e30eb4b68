"""The channel layer's client waits longer than the layer itself."""

import pytest
from channels_redis.core import RedisChannelLayer
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from common.outages import Outage
from hookflow_site import channel_layer, settings
from hookflow_site.channel_layer import PatientLayer


def test_a_quiet_websocket_is_not_ended_by_the_time_limit_of_the_client() -> None:
    assert settings.CHANNEL_HOST["socket_timeout"] > 2 * RedisChannelLayer.brpop_timeout


@pytest.mark.parametrize(
    "error", [RedisTimeoutError(), RedisConnectionError(), ConnectionResetError(), TimeoutError()]
)
async def test_a_redis_that_is_away_ends_no_websocket(
    error: Exception, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([*[error] * 20, b"hint"])

    async def answer(*_: object) -> bytes:
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(channel_layer, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(PatientLayer, "_outage", Outage("channel layer", "later"))
    monkeypatch.setattr(RedisChannelLayer, "_brpop_with_clean", answer)
    monkeypatch.setattr(RedisChannelLayer, "_clean_receive_backup", answer)
    layer = PatientLayer()
    for _ in range(19):
        assert await layer._brpop_with_clean(0, "c", 1) is None
    await layer._clean_receive_backup(0, "c")
    assert await layer._brpop_with_clean(0, "c", 1) == b"hint"
    assert len([record for record in caplog.records if "Redis" in record.message]) == 2
