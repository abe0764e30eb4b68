"""One request below the application: kept as it came, and parsed by nobody."""

import re
from tempfile import TemporaryFile
from typing import Any, Final

from daphne.http_protocol import WebRequest

from hookflow_site.asgi_limits import ODD

SMALL_BODY: Final = 100_000
FILE_PART: Final = 262_144
BODY_PART: Final = 1_048_576
"""Bytes of a body that go to the application at once. Each read gives Python's lock away, and under load the loop waits
a while to get it back: in Daphne's parts of 8 KiB a large body held it for a quarter of a second."""
_METHOD: Final = re.compile(rb"[A-Z]{1,20}")
_ODD: Final = re.compile(rb"[^\t\x20-\x7e\x80-\xff]")


class BoundedRequest(WebRequest):  # type: ignore[misc]  # Daphne has no types
    """Daphne's request without Twisted's reading of forms and queries, which would hold the event loop."""

    def gotLength(self, length: int | None) -> None:
        """Make room for a body: in memory if it is small, else in a file, which is written to in few large parts."""
        super().gotLength(0)
        if length is None or length > SMALL_BODY:
            self.content = TemporaryFile(buffering=FILE_PART)  # noqa: SIM115  # Twisted closes it

    def handleContentChunk(self, data: bytes) -> None:
        """Keep the next part of a body as long as it may still be of use."""
        if self.channel.takes(data):
            self.content.write(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """Note the request line, and go on."""
        self.content.seek(0, 0)
        self.args: dict[bytes, Any] = {}
        self.method, self.uri, self.clientproto = command, path, version
        self.path = path.partition(b"?")[0]
        self.process()

    def parseCookies(self) -> None:
        """The application reads them."""

    def process(self) -> Any:
        """Refuse what Daphne would stumble over, then let it go on."""
        self.requestHeaders.removeHeader(b"daphne-root-path")
        if self._is_odd():
            return self.channel.refuse(ODD)
        self.server.request_buffer_size = BODY_PART
        return super().process()

    def _is_odd(self) -> bool:
        if not _METHOD.fullmatch(self.method):
            return True
        headers = list(self.requestHeaders.getAllRawHeaders())
        # One search over all of them: this is done for every request.
        if _ODD.search(b"\t".join([value for _, values in headers for value in values])):
            return True
        return self.requestHeaders.hasHeader(b"upgrade") and not all(
            value.isascii()
            for name, values in headers
            if name.lower().startswith(b"sec-websocket-")
            for value in values
        )


def log_nothing(_factory: Any, _request: Any) -> None:
    """Twisted writes a line of its own for each request, to a log that nobody reads; Daphne's is another."""
