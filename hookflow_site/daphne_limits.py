"""Keeps Daphne from collecting a body of any size before the application sees its first byte.

Daphne hands a request over only when its body is complete, and keeps the body in a temporary file until then. Past the
largest limit of the site nothing more is kept: what is handed over is then one byte too long, which `asgi_limits`
refuses, and a sender who does not stop is cut off.
"""

from functools import lru_cache
from typing import Any, Final

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.web import http

from hookflow_site.asgi_limits import MAX_LARGE_BODY

KEPT: Final = MAX_LARGE_BODY + 1
CUT_OFF: Final = 64 * 1_048_576


def handle_chunk(request: Any, data: bytes) -> None:
    """Keep the next part of a body as long as it may still be of use."""
    received = getattr(request, "hookflow_received", 0)
    request.hookflow_received = received + len(data)
    room = KEPT - received
    if room > 0:
        request.content.write(data[:room])
    elif request.hookflow_received > CUT_OFF:
        request.channel.loseConnection()


def log_nothing(factory: Any, request: Any) -> None:
    """Twisted writes a line of its own for each request, to a log that nobody reads; Daphne's is another."""


def install() -> None:
    """Put the bound into Daphne; called once when the application is made."""
    WebRequest.handleContentChunk = handle_chunk
    HTTPFactory.log = log_nothing
    # It builds a mail header for each request, a tenth of the time of one that stores an event.
    if not hasattr(http._parseContentType, "cache_info"):
        http._parseContentType = lru_cache(maxsize=256)(http._parseContentType)
