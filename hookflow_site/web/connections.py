"""All connections of this process: who has them, what they are at, until when, and what they may still send.

Nothing here knows the server; each tells its connections' seats what happens.
"""

import enum
import functools
import time
from collections.abc import Callable, Iterable
from typing import Final, Protocol
from urllib.parse import unquote

from common.addresses import counted_as
from common.problems import Problem, bad_value
from hookflow_site.proxies import is_within
from hookflow_site.web.bounds import Limits
from hookflow_site.web.limits import body_limit, credential_of, too_large

SWEEP_SECONDS: Final = 1.0
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


class State(enum.Enum):
    head = enum.auto()
    body = enum.auto()
    work = enum.auto()
    idle = enum.auto()
    refused = enum.auto()
    socket = enum.auto()


GIVING_WAY: Final = (State.refused, State.idle, State.head, State.body)
"""States in which a connection may be ended for a new one, the first ones first."""


class Line(Protocol):
    """What a server's connection can do."""

    def abort(self) -> None:
        """End it at once."""

    def unsent(self) -> int:
        """How many bytes wait for the client to read them."""


class Seat:
    """One connection: its state, when that has to be over, and what of a body has come."""

    __slots__ = (
        "address",
        "chunks",
        "deadline",
        "discarded",
        "held",
        "limit",
        "line",
        "received",
        "state",
        "table",
    )

    def __init__(self, table: "Connections", address: str) -> None:
        self.table = table
        self.address = address
        self.line: Line | None = None
        self.held = self.received = self.chunks = self.limit = self.discarded = 0
        self.begin_head()

    @property
    def is_refused(self) -> bool:
        """Whether nothing that comes is heard any more."""
        return self.state is State.refused

    def wake(self) -> None:
        """Bytes come: a request begins, unless one has."""
        if self.state is State.idle:
            self.begin_head()

    def begin_head(self) -> None:
        """A request begins."""
        self._enter(State.head, self.table.limits.head_seconds)

    def begin_body(
        self, target: bytes, headers: Iterable[tuple[bytes, bytes]], announced: int | None
    ) -> Problem | None:
        """The headers are there; what speaks against taking the body.

        Args:
            target: the address as it stands in the request line.
            headers: at least those that tell the sender, in lower case.
            announced: the body's length, when it was told.
        """
        self.received = self.chunks = 0
        self._enter(State.body, self.table.limits.body_seconds)
        if self._unsent() > MOST_BEHIND:
            return UNREAD
        self.limit = body_limit(_path_of(target), credential_of(headers))
        return too_large(self.limit) if announced is not None and announced > self.limit else None

    def take(self, size: int) -> Problem | None:
        """Count a part of a body; what speaks against keeping it."""
        self.held += size
        self.table.held += size
        self.received += size
        self.chunks += 1
        if self.deadline is not None:
            self.deadline += size / self.table.limits.body_rate
        if self.table.held > self.table.limits.held_bytes:
            return BUSY
        if self.received > self.limit:
            return too_large(self.limit)
        if self.chunks > SMALL_CHUNKS and self.received < self.chunks * LEAST_CHUNK:
            return SMALL
        return None

    def begin_work(self) -> None:
        """The application has it; how long that takes is its own."""
        self._enter(State.work, None)

    def begin_idle(self) -> None:
        """The answer is written; the client gets the time that reading what is left of it takes."""
        self.release()
        limits = self.table.limits
        self._enter(State.idle, limits.idle_seconds + self._unsent() / limits.body_rate)

    def refuse(self) -> None:
        """Nothing that still comes counts."""
        self.release()
        self._enter(State.refused, self.table.limits.linger_seconds)

    def discard(self, size: int) -> None:
        """Count what comes after a refusal."""
        self.discarded += size
        if self.discarded > MOST_DISCARDED:
            self.abort()

    def become_socket(self) -> None:
        """It is a websocket from here on."""
        self.release()
        self._enter(State.socket, None)

    def release(self) -> None:
        """The body is no longer kept."""
        self.table.held -= self.held
        self.held = 0

    def leave(self) -> None:
        """The connection is gone."""
        self.release()
        self.table.leave(self)

    def abort(self) -> None:
        if self.line is not None:
            self.line.abort()

    def _unsent(self) -> int:
        return 0 if self.line is None else self.line.unsent()

    def _enter(self, state: State, seconds: float | None) -> None:
        self.state = state
        self.deadline = None if seconds is None else time.monotonic() + seconds


class Connections:
    """The seats of this process.

    Args:
        limits: what they may cost.
        keep_calling: has a function called every so many seconds from then on.
    """

    def __init__(self, limits: Limits, keep_calling: Callable[[float, Callable[[], None]], None]) -> None:
        self.limits = limits
        self._keep_calling = keep_calling
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
        if not self._is_sweeping:
            self._is_sweeping = True
            self._keep_calling(SWEEP_SECONDS, self.sweep)
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


@functools.lru_cache(maxsize=1024)
def _path_of(target: bytes) -> str:
    """The path of a request line, as the application will see it."""
    return unquote(target.partition(b"?")[0].decode("latin-1"))


def _make_room(seats: set[Seat]) -> bool:
    for state in GIVING_WAY:
        waiting = [seat for seat in seats if seat.state is state]
        if waiting:
            oldest = min(waiting, key=lambda seat: seat.deadline or 0.0)
            oldest.leave()
            oldest.abort()
            return True
    return False
