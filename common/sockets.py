"""One Redis address, in the words of each client.

Socket URLs differ: kombu wants `redis+socket:///path?virtual_host=0`, redis-py and channels_redis want
`unix:///path?db=0`, and `redis:///path` silently means localhost.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """The same server for kombu and for redis-py."""

    kombu_url: str
    redis_url: str


def redis_address(url: str) -> RedisAddress:
    """Read `redis://`, `rediss://` or `unix:///path` into the forms that the clients need.

    Raises:
        ValueError: another scheme, or a socket without a path.
    """
    parts = urlsplit(url)
    if parts.scheme in ("redis", "rediss") and parts.hostname:
        return RedisAddress(url, url)
    if parts.scheme == "unix" and parts.path:
        return RedisAddress(f"redis+socket://{parts.path}?virtual_host=0", f"unix://{parts.path}?db=0")
    raise ValueError("Write redis://host:6379/0, rediss://host:6379/0 or unix:///path/to/socket.")
