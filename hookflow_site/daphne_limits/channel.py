"""The connection of one client, as far as HTTP goes: it can refuse before a body is complete."""

import functools
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from twisted.internet import reactor as twisted_reactor
from twisted.web import http

from common.problems import Problem, bad_value
from hookflow_site.asgi_limits import ODD, body_limit, credential_of, refusal, too_large
from hookflow_site.daphne_limits.connections import Seat, State, unsent

MOST_DISCARDED: Final = 64 * 1_048_576
"""Who goes on sending after a refusal is cut off here."""
SMALL_CHUNKS: Final = 1000
LEAST_CHUNK: Final = 64
MOST_BEHIND: Final = 131_072
"""Bytes of earlier answers that may wait to be read when the next request comes: who asks on and on without reading
would have the memory of all the answers."""
BUSY: Final = Problem(503, "busy", "Too much is being sent at once.", hint="Try again in a few seconds.")
SMALL: Final = bad_value("small_chunks", "The body comes in too many small chunks.", hint="Send larger ones.")
UNREAD: Final = Problem(
    429, "unread_answers", "Earlier answers wait to be read.", hint="Read them before you send more requests."
)

REST_SECONDS: Final = 0.5
"""Until a refusal is sent."""

Base: Any = http.HTTPChannel
reactor: Any = twisted_reactor


class BoundedChannel(Base):  # type: ignore[misc]  # Daphne and Twisted's web have no types
    """A channel with a seat among the connections."""

    seat: Seat
    limit = 0
    chunks = 0
    discarded = 0

    def connectionMade(self) -> None:
        """Take the seat."""
        self.seat.transport = self.transport
        self.transport.hookflow_seat = self.seat
        super().connectionMade()

    def connectionLost(self, reason: Any) -> None:
        """Leave it."""
        self.seat.leave()
        super().connectionLost(reason)

    def dataReceived(self, data: bytes) -> None:
        """Bytes of the client."""
        if self.seat.state is State.refused:
            self._discard(data)
            return
        if self.seat.state is State.idle:
            self.seat.begin_head()
        super().dataReceived(data)

    def rawDataReceived(self, data: bytes) -> None:
        """Bytes of a body, or of a request behind the one at work."""
        if self.seat.state is State.refused:
            self._discard(data)
        else:
            super().rawDataReceived(data)

    def lineReceived(self, line: bytes) -> None:
        """A line of the head."""
        if self.seat.state is not State.refused:
            super().lineReceived(line)

    def allHeadersReceived(self) -> None:
        """Look at the announced size before a byte of the body is taken or asked for."""
        self.seat.begin_body()
        self.chunks = 0
        if unsent(self.transport) > MOST_BEHIND:
            self.refuse(UNREAD)
            return
        self.limit = body_limit(path_of(self._path), credential_of(self._credentials()))
        if self.length is not None and self.length > self.limit:
            self.refuse(too_large(self.limit))
            return
        super().allHeadersReceived()

    def _credentials(self) -> list[tuple[bytes, bytes]]:
        found = self.requests[-1].requestHeaders
        return [(name, b"; ".join(found.getRawHeaders(name, ()))) for name in (b"authorization", b"cookie")]

    def allContentReceived(self) -> None:
        """The request is complete."""
        if self.seat.state is State.refused:
            return
        self.seat.begin_work()
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        """The answer is written."""
        if self.seat.state is not State.refused:
            self.seat.begin_idle()
        super().requestDone(request)

    def takes(self, data: bytes) -> bool:
        """Whether the next part of a body may be kept; refuses the request when not."""
        if self.seat.state is State.refused:
            return False
        self.chunks += 1
        problem: Problem | None = None
        if not self.seat.hold(len(data)):
            problem = BUSY
        elif self.seat.received > self.limit:
            problem = too_large(self.limit)
        elif self.chunks > SMALL_CHUNKS and self.seat.received < self.chunks * LEAST_CHUNK:
            problem = SMALL
        if problem is not None:
            self.refuse(problem)
        return problem is None

    def refuse(self, problem: Problem) -> None:
        """Answer soon; what still comes is not looked at, and the connection ends."""
        self.seat.refuse()
        for request in self.requests:
            if request.content is not None:
                request.content.close()
        # Who is answered at once sends the next at once, and to throw that away costs time, too.
        self.transport.pauseProducing()
        reactor.callLater(REST_SECONDS, self._answer, problem)

    def _answer(self, problem: Problem) -> None:
        if not self.transport.connected or self.transport.disconnecting:
            return
        head, body = refusal(problem)
        lines = [f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}".encode()]
        lines += [name + b": " + value for name, value in head]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        self.transport.resumeProducing()

    def lineLengthExceeded(self, line: bytes) -> None:
        """A line of the head has no end."""
        self.refuse(ODD)

    def _respondToBadRequestAndDisconnect(self) -> None:
        self.refuse(ODD)

    def _discard(self, data: bytes) -> None:
        self.discarded += len(data)
        if self.discarded > MOST_DISCARDED:
            self.transport.abortConnection()


@functools.lru_cache(maxsize=1024)
def path_of(target: bytes) -> str:
    """The path of a request line, as the application will see it."""
    return unquote(target.partition(b"?")[0].decode("latin-1"))
