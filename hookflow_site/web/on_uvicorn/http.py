"""The connection of one client, as far as HTTP goes: it can refuse before a body is complete."""

import asyncio
import re
from tempfile import SpooledTemporaryFile
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from common.asgi import REST_SECONDS
from common.problems import Problem
from hookflow_site.web.bounds import FILE_PART, SMALL_BODY
from hookflow_site.web.connections import SMALL, Connections, Seat, State
from hookflow_site.web.limits import ODD, is_odd, refusal

MOST_HEAD: Final = 16_384
MOST_HEADERS: Final = 500
CHUNKED_PART: Final = 4096
"""Bytes of a body of no told length that are parsed at once: only the last of them can hold what is behind it."""
NEVER_FULL: Final = 2**40
HEAD_END: Final = b"\r\n\r\n"
OTHER_UPGRADE: Final = re.compile(rb"\r\nupgrade:(?![ \t]*websocket[ \t]*\r\n)", re.IGNORECASE)
"""The parser would end such a request with its head, and take the body for the next one."""
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class _Stop(Exception):
    """The parser is to look no further."""


class AsyncioLine:
    """A transport of asyncio."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def abort(self) -> None:
        self._transport.abort()

    def unsent(self) -> int:
        """How many bytes wait for the client to read them."""
        return self._transport.get_write_buffer_size()


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol with a seat among the connections."""

    table: Connections
    seat: Seat

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own
        """Take the seat, or go."""
        super().connection_made(transport)
        self._waiting = bytearray()
        self._body: SpooledTemporaryFile[bytes] | None = None
        seat = self.table.take(self.client[0] if self.client else "")
        self.has_seat = seat is not None
        if seat is None:
            transport.abort()
        else:
            self.seat = seat
            self.seat.line = AsyncioLine(transport)
            # Who reads slowly keeps an answer waiting, and not the application with its place in the gate.
            transport.set_write_buffer_limits(high=NEVER_FULL)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.has_seat:
            self.seat.leave()
        self._drop_body()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self.has_seat:
            return
        if self.seat.is_refused:
            self.seat.discard(len(data))
            return
        self._waiting += data
        self._go_on()

    def _go_on(self) -> None:
        """Parse up to the end of a request: the next one waits for the answer."""
        while self._waiting and (part := self._next_part()):
            super().data_received(part)
        if self._waiting and self.seat.state is State.work:
            self.transport.pause_reading()

    def _next_part(self) -> bytes:
        self.seat.wake()
        if self.seat.state is State.head:
            end = self._waiting.find(HEAD_END)
            if (len(self._waiting) if end < 0 else end) > MOST_HEAD:
                self.refuse(ODD)
            return OTHER_UPGRADE.sub(b"\r\nx-upgrade:", self._taken(end + len(HEAD_END))) if end >= 0 else b""
        if self.seat.state is not State.body:
            return b""
        if self._left is not None:
            return self._taken(self._left)
        part = self._taken(CHUNKED_PART)
        self._chunked += len(part)
        if self._chunked > 2 * self.seat.received + MOST_HEAD:  # more about chunks than in them
            self.refuse(SMALL)
            return b""
        return part

    def _taken(self, size: int) -> bytes:
        part = bytes(self._waiting[:size])
        del self._waiting[:size]
        return part

    def on_message_begin(self) -> None:
        """A request begins; behind a chunked one, it may do so before that is answered."""
        if self.seat.state is State.work:
            raise _Stop
        self._left: int | None = None
        self._chunked = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header of the head; those behind a body tell nothing that anybody asks for."""
        if self.seat.state is not State.head:
            return
        if len(self.headers) >= MOST_HEADERS:
            raise _Stop
        if name.lower() == b"content-length":
            self._left = int(value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Look at the announced size before a byte of the body is taken or asked for."""
        is_handshake = self.parser.should_upgrade()
        if not self.url.startswith(b"/") or (is_handshake and not self._is_good_handshake()):
            raise _Stop
        problem = self.seat.begin_body(self.url, self.headers, self._left)
        if problem is not None:
            self.refuse(problem)
            raise _Stop
        if is_handshake:
            super().on_headers_complete()
        elif self.expect_100_continue:
            self.expect_100_continue = False
            self.transport.write(CONTINUE)

    def _is_good_handshake(self) -> bool:
        return (
            self._should_upgrade()
            and self.parser.get_method() == b"GET"
            and not self._left
            and not is_odd(self.headers)
        )

    def on_body(self, body: bytes) -> None:
        """Keep the next part of a body as long as it may still be of use."""
        if self._left is not None:
            self._left -= len(body)
        problem = self.seat.take(len(body))
        if problem is not None:
            self.refuse(problem)
            raise _Stop
        if self._body is None:
            self._body = SpooledTemporaryFile(max_size=SMALL_BODY, buffering=FILE_PART)  # noqa: SIM115  # kept
        self._body.write(body)

    def on_message_complete(self) -> None:
        """The request is complete: the application gets all of it at once."""
        if self.parser.should_upgrade():
            return
        super().on_headers_complete()
        self.seat.begin_work()
        if self._body is not None:
            self._body.seek(0)
            self.cycle.body += self._body.read()
            self._drop_body()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        self.seat.begin_idle()
        if not self.transport.is_closing():
            self.transport.resume_reading()
            self._go_on()

    def send_400_response(self, msg: str) -> None:
        """The parser stopped: answer that, unless somebody has or the request before is at work."""
        if self.seat.state is State.work:
            self.cycle.keep_alive = False
            self._waiting.clear()
        else:
            self.refuse(ODD)

    def refuse(self, problem: Problem) -> None:
        """Answer soon; what still comes is not looked at, and the connection ends."""
        if self.seat.is_refused:
            return
        self.seat.refuse()
        self._waiting.clear()
        self._drop_body()
        # Who is answered at once sends the next at once, and to throw that away costs time, too.
        self.transport.pause_reading()
        self.loop.call_later(REST_SECONDS, self._answer, problem)

    def _answer(self, problem: Problem) -> None:
        if not self.transport.is_closing():
            self.transport.write(refusal(problem))
            self.transport.resume_reading()

    def _drop_body(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
