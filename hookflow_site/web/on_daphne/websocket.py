"""One websocket below the application: little may come in, and what goes out must be read."""

from typing import Any, Final

from daphne.ws_protocol import WebSocketProtocol

from hookflow_site.web.bounds import MOST_MESSAGE, MOST_UNSENT, POLICY_VIOLATION, Frames
from hookflow_site.web.on_daphne.channel import TwistedLine

MOST_OUT: Final = 16 * 1_048_576


class BoundedSocket(WebSocketProtocol):  # type: ignore[misc]  # Daphne has no types
    """Daphne's websocket with a seat among the connections and a budget of frames."""

    def makeConnection(self, transport: Any) -> None:
        """It comes from an HTTP channel, with that one's seat."""
        self.seat = getattr(transport, "hookflow_seat", None)
        if self.seat is not None:
            self.seat.become_socket()
        self.frames = Frames()
        super().makeConnection(transport)

    def connectionLost(self, reason: Any) -> None:
        if self.seat is not None:
            self.seat.leave()
        super().connectionLost(reason)

    def onMessageFrameBegin(self, length: int) -> None:
        """A frame of a message begins: check its size before its payload is kept."""
        super().onMessageFrameBegin(length)
        if self.failedByMe:
            return
        if self.message_data_total_length > MOST_MESSAGE:
            self._max_message_size_exceeded(
                self.message_data_total_length, MOST_MESSAGE, "The message is too large."
            )
        else:
            self._count()

    def onPing(self, payload: bytes) -> None:
        """Answer, unless the client asks without end."""
        if self._count():
            super().onPing(payload)

    def onPong(self, payload: bytes) -> None:
        """One that nobody asked for counts as well."""
        if self._count():
            super().onPong(payload)

    def handle_reply(self, message: Any) -> None:
        """Send, unless the client has stopped to read."""
        if TwistedLine(self.transport).unsent() > MOST_UNSENT:
            self.muted = True
            self.transport.abortConnection()
            return
        if self.state in (self.STATE_CONNECTING, self.STATE_OPEN):  # else there is nobody to send it to
            super().handle_reply(message)

    def _count(self) -> bool:
        may_go_on = self.frames.take()
        if not may_go_on and not self.failedByMe:
            self._fail_connection(POLICY_VIOLATION, "Too many frames.")
        return may_go_on
