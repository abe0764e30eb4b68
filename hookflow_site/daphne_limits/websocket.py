"""One websocket below the application: little may come in, and what goes out must be read."""

import time
from typing import Any, Final

from daphne.ws_protocol import WebSocketProtocol

from hookflow_site.daphne_limits.connections import unsent

MOST_IN: Final = 16_384
"""Bytes of a message from a client; ours only ask whether the line still holds."""
MOST_OUT: Final = 16 * 1_048_576
MOST_UNSENT: Final = 4 * 1_048_576
"""Bytes that wait for a client that does not read."""
FRAMES_AT_ONCE, FRAMES_A_SECOND = 60.0, 5.0
POLICY_VIOLATION: Final = 1008


class BoundedSocket(WebSocketProtocol):  # type: ignore[misc]  # Daphne has no types
    """Daphne's websocket with a seat among the connections and a budget of frames."""

    _frames_left = FRAMES_AT_ONCE
    _counted = 0.0

    def makeConnection(self, transport: Any) -> None:
        """It comes from an HTTP channel, with that one's seat."""
        self.seat = getattr(transport, "hookflow_seat", None)
        if self.seat is not None:
            self.seat.become_socket()
        super().makeConnection(transport)

    def connectionLost(self, reason: Any) -> None:
        """Leave the seat."""
        if self.seat is not None:
            self.seat.leave()
        super().connectionLost(reason)

    def onMessageFrameBegin(self, length: int) -> None:
        """A frame of a message begins: check its size before its payload is kept."""
        super().onMessageFrameBegin(length)
        if self.failedByMe:
            return
        if self.message_data_total_length > MOST_IN:
            self._max_message_size_exceeded(
                self.message_data_total_length, MOST_IN, "The message is too large."
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
        if unsent(self.transport) > MOST_UNSENT:
            self.muted = True
            self.transport.abortConnection()
            return
        if self.state in (self.STATE_CONNECTING, self.STATE_OPEN):  # else there is nobody to send it to
            super().handle_reply(message)

    def _count(self) -> bool:
        now = time.monotonic()
        self._frames_left = min(FRAMES_AT_ONCE, self._frames_left + (now - self._counted) * FRAMES_A_SECOND)
        self._counted = now
        self._frames_left -= 1
        if self._frames_left < 0 and not self.failedByMe:
            self._fail_connection(POLICY_VIOLATION, "Too many frames.")
        return self._frames_left >= 0
