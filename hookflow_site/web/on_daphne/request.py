"""One request below the application: kept as it came, and parsed by nobody."""

import re
from tempfile import TemporaryFile
from typing import Any, Final

from daphne.http_protocol import WebRequest

from hookflow_site.web.bounds import FILE_PART, SMALL_BODY
from hookflow_site.web.limits import ODD, is_odd

BODY_PART: Final = 1_048_576
"""Bytes of a body that go to the application at once. Each read gives Python's lock away, and under load the loop waits
a while to get it back: in Daphne's parts of 8 KiB a large body held it for a quarter of a second."""
_METHOD: Final = re.compile(rb"[A-Z]{1,20}")


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
        """Refuse what Daphne and Autobahn would stumble over, then let Daphne go on."""
        self.requestHeaders.removeHeader(b"daphne-root-path")
        if not _METHOD.fullmatch(self.method) or self._is_odd_handshake():
            return self.channel.refuse(ODD)
        self.server.request_buffer_size = BODY_PART
        return super().process()

    def _is_odd_handshake(self) -> bool:
        headers = self.requestHeaders
        return headers.hasHeader(b"upgrade") and is_odd(
            [(name.lower(), value) for name, values in headers.getAllRawHeaders() for value in values]
        )

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Daphne's own page for what it cannot read; ours instead."""
        if status == 400:
            self.channel.refuse(ODD)
        else:
            super().basic_error(status, status_text, body)


def log_nothing(_factory: Any, _request: Any) -> None:
    """Twisted writes a line of its own for each request, to a log that nobody reads; Daphne's is another."""
