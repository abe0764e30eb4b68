"""All connections of this process: who has them, what they are at, and until when."""

import enum
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from common.addresses import counted_as
from hookflow_site.proxies import Network, is_within

SWEEP_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Limits:
    """What connections may cost.

    Args:
        connections: in all.
        per_address: from one client address; a listed proxy has as many as there are.
        trusted: the listed proxies.
        head_seconds: for a request's line and headers, from the first byte or the connection's beginning.
        idle_seconds: between two requests of one connection.
        body_seconds: for a body of no size; each `body_rate` bytes add a second.
        body_rate: the least rate of a body and of reading an answer, in bytes a second.
        held_bytes: bodies that are not complete or not answered yet, of all connections together.
        linger_seconds: how long a sender is heard, unread, after a refusal, so that the answer arrives.
    """

    connections: int = 2000
    per_address: int = 256
    trusted: Sequence[Network] = ()
    head_seconds: float = 15.0
    idle_seconds: float = 60.0
    body_seconds: float = 20.0
    body_rate: int = 4096
    held_bytes: int = 256 * 1_048_576
    linger_seconds: float = 10.0


class State(enum.Enum):
    """What a connection is at."""

    head = enum.auto()
    body = enum.auto()
    work = enum.auto()
    idle = enum.auto()
    refused = enum.auto()
    socket = enum.auto()


GIVING_WAY: Final = (State.refused, State.idle, State.head, State.body)
"""States in which a connection may be ended for a new one, the first ones first."""


class Seat:
    """One connection: its state, and when that has to be over."""

    __slots__ = ("address", "deadline", "held", "received", "state", "table", "transport")

    def __init__(self, table: "Connections", address: str) -> None:
        self.table = table
        self.address = address
        self.transport: Any = None
        self.held = 0
        self.received = 0
        self.begin_head()

    def begin_head(self) -> None:
        """A request begins."""
        self._enter(State.head, self.table.limits.head_seconds)

    def begin_body(self) -> None:
        """The headers are there."""
        self.received = 0
        self._enter(State.body, self.table.limits.body_seconds)

    def begin_work(self) -> None:
        """The application has it; how long that takes is its own."""
        self._enter(State.work, None)

    def begin_idle(self) -> None:
        """The answer is written; the client gets the time that reading what is left of it takes."""
        self.release()
        limits = self.table.limits
        self._enter(State.idle, limits.idle_seconds + unsent(self.transport) / limits.body_rate)

    def refuse(self) -> None:
        """Nothing that still comes counts."""
        self.release()
        self._enter(State.refused, self.table.limits.linger_seconds)

    def become_socket(self) -> None:
        """It is a websocket from here on."""
        self.release()
        self._enter(State.socket, None)

    def hold(self, size: int) -> bool:
        """Count bytes of a body; False when all bodies together are too much."""
        self.held += size
        self.table.held += size
        self.received += size
        if self.deadline is not None:
            self.deadline += size / self.table.limits.body_rate
        return self.table.held <= self.table.limits.held_bytes

    def release(self) -> None:
        """The body is no longer kept."""
        self.table.held -= self.held
        self.held = 0

    def leave(self) -> None:
        """The connection is gone."""
        self.release()
        self.table.leave(self)

    def abort(self) -> None:
        """End it at once."""
        if self.transport is not None:
            self.transport.abortConnection()

    def _enter(self, state: State, seconds: float | None) -> None:
        self.state = state
        self.deadline = None if seconds is None else time.monotonic() + seconds


class Connections:
    """The seats of this process."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.held = 0
        self.seats: set[Seat] = set()
        self.by_address: dict[str, set[Seat]] = {}
        self._is_sweeping = False

    def take(self, host: str) -> Seat | None:
        """A seat for a connection from `host`; None when there is none to be had.

        Who is over the limit loses the connection that has waited longest for its own client.
        """
        address = counted_as(host)
        own = self.by_address.get(address, set())
        if len(own) >= self.limits.per_address and not is_within(host, self.limits.trusted):
            if not _make_room(own):
                return None
        elif len(self.seats) >= self.limits.connections:
            most = max(self.by_address.values(), key=len)
            if not _make_room(most) and not _make_room(self.seats):
                return None
        seat = Seat(self, address)
        self.seats.add(seat)
        self.by_address.setdefault(address, set()).add(seat)
        self._begin_sweeping()
        return seat

    def leave(self, seat: Seat) -> None:
        """Give a seat back."""
        self.seats.discard(seat)
        own = self.by_address.get(seat.address)
        if own is not None:
            own.discard(seat)
            if not own:
                del self.by_address[seat.address]

    def sweep(self) -> None:
        """End what is over its time."""
        now = time.monotonic()
        for seat in [seat for seat in self.seats if seat.deadline is not None and seat.deadline < now]:
            seat.abort()

    def _begin_sweeping(self) -> None:
        if not self._is_sweeping:
            from twisted.internet import task  # it installs a reactor, which Daphne has chosen by then

            self._is_sweeping = True
            task.LoopingCall(self.sweep).start(SWEEP_SECONDS, now=False)


def unsent(transport: Any) -> int:
    """How many bytes wait for the client to read them."""
    if transport is None:
        return 0
    buffered = len(getattr(transport, "dataBuffer", b"")) - getattr(transport, "offset", 0)
    return buffered + int(getattr(transport, "_tempDataLen", 0))


def _make_room(seats: set[Seat]) -> bool:
    for state in GIVING_WAY:
        waiting = [seat for seat in seats if seat.state is state]
        if waiting:
            oldest = min(waiting, key=lambda seat: seat.deadline or 0.0)
            oldest.leave()
            oldest.abort()
            return True
    return False
