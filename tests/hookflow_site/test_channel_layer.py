"""The channel layer's client waits longer than the layer itself."""

from channels_redis.core import RedisChannelLayer

from hookflow_site import settings


def test_a_quiet_websocket_is_not_ended_by_the_time_limit_of_the_client() -> None:
    assert settings.CHANNEL_HOST["socket_timeout"] > 2 * RedisChannelLayer.brpop_timeout
