"""One websocket below the application: little may come in, and what goes out must be read."""

from asyncio.transports import BaseTransport
from typing import Any, Final, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.http11 import Request

from hookflow_site.web.bounds import MOST_UNSENT, Frames
from hookflow_site.web.connections import Seat

READ_PART: Final = 1024
"""Bytes that are parsed at once, so that few frames are behind the one that was too many."""


class BoundedSocket(WebSocketsSansIOProtocol):
    """uvicorn's websocket with a seat among the connections and a budget of frames."""

    seat: Seat

    def connection_made(self, transport: BaseTransport) -> None:
        """It comes from an HTTP connection, with that one's seat."""
        super().connection_made(transport)
        self.seat = cast(Any, self.transport.get_protocol()).seat
        self.budget = Frames()

    def connection_lost(self, exc: Exception | None) -> None:
        self.seat.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), READ_PART):
            if self.transport.is_closing():
                return
            super().data_received(data[start : start + READ_PART])
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.transport.abort()

    def handle_connect(self, event: Request) -> None:
        """The handshake is read."""
        self.seat.become_socket()
        super().handle_connect(event)

    def handle_events(self) -> None:
        """Frames have come: count them first."""
        if self.budget.take(sum(isinstance(event, Frame) for event in self.conn.events)):
            super().handle_events()
        else:
            self._fail(CloseCode.POLICY_VIOLATION, "Too many frames.")

    def send_receive_event_to_app(self) -> None:
        """A message is complete."""
        if self.curr_msg_data_type == "text" and not _is_text(b"".join(self.frames)):
            self._fail(CloseCode.INVALID_DATA, "A text is UTF-8.")
        else:
            super().send_receive_event_to_app()

    async def send(self, message: Any) -> None:
        """Send, unless the client has stopped to read."""
        if self.transport.get_write_buffer_size() > MOST_UNSENT:
            self.transport.abort()
        else:
            await super().send(message)

    async def run_asgi(self) -> None:
        """Let the application talk; the client has little time for what is left when it is through."""
        await super().run_asgi()
        self.seat.refuse()

    def keepalive_timeout(self) -> None:
        """The client gives no sign any more."""
        super().keepalive_timeout()
        self.seat.refuse()

    def _fail(self, code: CloseCode, reason: str) -> None:
        self.conn.fail(code, reason)
        if self.conn.close_sent is None:
            self.transport.abort()
        else:
            self.handle_parser_exception()


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
