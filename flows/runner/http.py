"""The guarded HTTP client of `common`, speaking the errors of the sdk."""

from collections.abc import Callable
from typing import Unpack
from urllib.parse import urlsplit

from common.egress.client import EgressClient
from common.egress.hosts import AllowedHosts
from common.http import HttpAnswer, HttpOptions
from flows.runner.net import as_node_errors


class NodeHttp:
    """`flows.sdk.HttpClient` over the one guarded way out."""

    def __init__(
        self,
        guarded: EgressClient,
        hosts: AllowedHosts | None = None,
        note: Callable[[str], None] = lambda host: None,
    ) -> None:
        self._guarded, self._hosts, self._note = guarded, hosts, note

    def noting(self, note: Callable[[str], None]) -> "NodeHttp":
        """The same client, that tells whom it asks."""
        return NodeHttp(self._guarded, self._hosts, note)

    def within(self, hosts: AllowedHosts) -> "NodeHttp":
        """The same client, for these hosts alone."""
        return NodeHttp(self._guarded, hosts, self._note)

    async def request(self, method: str, url: str, **options: Unpack[HttpOptions]) -> HttpAnswer:
        """Send one request; see `flows.sdk.HttpClient`."""
        self._note(urlsplit(url).hostname or "")
        with as_node_errors():
            return await self._guarded.request(method, url, hosts=self._hosts, **options)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._guarded.aclose()
