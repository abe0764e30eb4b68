"""What the way out for HTTP is asked and what it gives: the same for the client, for nodes and for their tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from common.tls import Tls


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The answer to an HTTP request.

    Header names are lower case. `body` is what came after decompression, at most the limit that was asked
    for.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text: UTF-8, with what is not UTF-8 replaced."""
        return self.body.decode("utf-8", errors="replace")


class HttpOptions(TypedDict, total=False):
    """How a request is sent.

    Without a word: no headers and no content, 30 seconds for all of it, 1 MiB of answer, redirects are followed,
    and the public authorities are trusted.
    """

    headers: Mapping[str, str]
    content: bytes | None
    timeout_seconds: float
    max_body_bytes: int
    follow_redirects: bool
    tls: Tls | None
