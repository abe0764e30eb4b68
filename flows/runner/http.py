"""The guarded HTTP client of `common`, speaking the errors of the sdk."""

from collections.abc import Mapping

from common.egress import EgressError
from common.egress.client import EgressClient
from flows.sdk import HttpAnswer, NodeError


class NodeHttp:
    """`flows.sdk.HttpClient` over the one guarded way out."""

    def __init__(self, guarded: EgressClient) -> None:
        self._guarded = guarded

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        timeout_seconds: float = 30.0,
        max_body_bytes: int = 1_048_576,
        follow_redirects: bool = True,
    ) -> HttpAnswer:
        """Send one request; see `flows.sdk.HttpClient`."""
        try:
            answer = await self._guarded.request(
                method,
                url,
                headers=headers,
                content=content,
                timeout_seconds=timeout_seconds,
                max_body_bytes=max_body_bytes,
                follow_redirects=follow_redirects,
            )
        except EgressError as error:
            raise NodeError(error.code, error.message, hint=error.hint, retryable=error.retryable) from error
        return HttpAnswer(answer.status, answer.headers, answer.body)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._guarded.aclose()
