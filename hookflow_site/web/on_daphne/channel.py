"""The connection of one client, as far as HTTP goes: it can refuse before a body is complete."""

from typing import Any

from twisted.internet import reactor as twisted_reactor
from twisted.web import http

from common.asgi import REST_SECONDS
from common.problems import Problem
from hookflow_site.web.connections import Seat
from hookflow_site.web.limits import ODD, refusal

Base: Any = http.HTTPChannel
reactor: Any = twisted_reactor


class TwistedLine:
    """A transport of Twisted."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def abort(self) -> None:
        self._transport.abortConnection()

    def unsent(self) -> int:
        """How many bytes wait for the client to read them."""
        transport = self._transport
        buffered = len(getattr(transport, "dataBuffer", b"")) - getattr(transport, "offset", 0)
        return buffered + int(getattr(transport, "_tempDataLen", 0))


class BoundedChannel(Base):  # type: ignore[misc]  # Daphne and Twisted's web have no types
    """A channel with a seat among the connections."""

    seat: Seat

    def connectionMade(self) -> None:
        self.seat.line = TwistedLine(self.transport)
        self.transport.hookflow_seat = self.seat
        super().connectionMade()

    def connectionLost(self, reason: Any) -> None:
        self.seat.leave()
        super().connectionLost(reason)

    def dataReceived(self, data: bytes) -> None:
        if self.seat.is_refused:
            self.seat.discard(len(data))
            return
        self.seat.wake()
        super().dataReceived(data)

    def rawDataReceived(self, data: bytes) -> None:
        """Bytes of a body, or of a request behind the one at work."""
        if self.seat.is_refused:
            self.seat.discard(len(data))
        else:
            super().rawDataReceived(data)

    def lineReceived(self, line: bytes) -> None:
        if not self.seat.is_refused:
            super().lineReceived(line)

    def allHeadersReceived(self) -> None:
        """Look at the announced size before a byte of the body is taken or asked for."""
        problem = self.seat.begin_body(self._path, self._credentials(), self.length)
        if problem is None:
            super().allHeadersReceived()
        else:
            self.refuse(problem)

    def _credentials(self) -> list[tuple[bytes, bytes]]:
        found = self.requests[-1].requestHeaders
        return [(name, b"; ".join(found.getRawHeaders(name, ()))) for name in (b"authorization", b"cookie")]

    def allContentReceived(self) -> None:
        if not self.seat.is_refused:
            self.seat.begin_work()
            super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        if not self.seat.is_refused:
            self.seat.begin_idle()
        super().requestDone(request)

    def takes(self, data: bytes) -> bool:
        """Whether the next part of a body may be kept; refuses the request when not."""
        if self.seat.is_refused:
            return False
        problem = self.seat.take(len(data))
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
        if self.transport.connected and not self.transport.disconnecting:
            self.transport.write(refusal(problem))
            self.transport.resumeProducing()

    def lineLengthExceeded(self, line: bytes) -> None:
        """A line of the head has no end."""
        self.refuse(ODD)

    def _respondToBadRequestAndDisconnect(self) -> None:
        self.refuse(ODD)
