"""What a running node may use of its host. Protocols: the runner and the dry run each bring their own."""

from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar, Unpack

from pydantic import BaseModel

from common.http import HttpAnswer, HttpOptions
from common.programs.spec import Ending, Finished, Program, Stream
from common.tls import Tls
from flows.sdk.json_types import JsonObject

F = TypeVar("F", bound=BaseModel)

if TYPE_CHECKING:
    import socket

    import requests


class NodeLog(Protocol):
    """Writes lines to the log of the run; people see them live. Secrets are redacted on the way."""

    def debug(self, text: str) -> None:
        """A detail for whoever looks for a fault."""

    def info(self, text: str) -> None:
        """Something that happened."""

    def warning(self, text: str) -> None:
        """Something to look at that did not stop the step."""

    def error(self, text: str) -> None:
        """Something that went wrong."""

    def output(self, stream: Stream, text: str) -> None:
        """A line that a program wrote."""


class HttpClient(Protocol):
    """The guarded way out for HTTP: private and special addresses are refused unless allowed."""

    async def request(self, method: str, url: str, **options: Unpack[HttpOptions]) -> HttpAnswer:
        """Send one request and read the whole answer.

        Raises:
            NodeError: `address_refused`, `unreachable` (retryable), `timed_out` (retryable),
                `answer_too_large`, `bad_url`, `tls_failed`, `bad_certificate`, `too_many_redirects`,
                `host_not_allowed` (while a credential is open that may not be used there).
        """


class Net(Protocol):
    """The guarded way out for what is not HTTP, and for libraries that bring their own HTTP.

    Private and special addresses are refused unless allowed; any port may be used except by a session, which goes to
    those of HTTP. Whatever is opened is hung up when the step's time limit comes, and when it has ended.
    `connect`, `find_address` and `address_at_hand` are for the event loop; the others block, and are for nodes with
    `meta.outside`.

    Raises:
        NodeError: `address_refused`, `unreachable` (retryable), `timed_out` (retryable), `bad_url`, `tls_failed`,
            `bad_certificate`, `host_not_allowed`.
    """

    async def connect(
        self, host: str, port: int, *, tls: Tls | None = None
    ) -> tuple[StreamReader, StreamWriter]:
        """A stream, secured when `tls` is given. Read with a limit: the other side may send without end."""

    def connected(self, host: str, port: int, *, seconds: float) -> "socket.socket":
        """A connected, blocking TCP socket, for libraries that take one; `seconds` for each of its operations."""

    def address(self, host: str, port: int) -> str:
        """A checked address of the host, for libraries that speak UDP. Send to it and look nothing up again."""

    async def find_address(self, host: str, port: int) -> str:
        """`address` for the event loop."""

    def address_at_hand(self, host: str, port: int) -> str | None:
        """`find_address` where there is nothing to wait for, as with `192.0.2.1`; None where there is."""

    def session(self, *, tls: Tls | None = None, keeps_cookies: bool = False) -> "requests.Session":
        """A session for libraries that take one: at most 30 seconds and 8 MiB an answer, five redirects.

        What goes wrong in it is a `NodeError`, also `answer_too_large`, `bad_answer` and `too_many_redirects`.
        """


class Programs(Protocol):
    """Runs programs of the worker's machine: without a shell, away from our data, within limits."""

    async def run(
        self,
        program: Program,
        on_line: Callable[[Stream, str], None] | None = None,
        ending: Callable[[], Awaitable[Ending]] = ...,
    ) -> Finished:
        """Run one to its end or to that of its time; the end of the step ends it, too.

        Args:
            on_line: gets each line as it comes, such as `ctx.log.output`.
            ending: says how it ends where the step is cancelled; else it is asked, and killed two seconds later.

        Raises:
            NodeError: `not_confined`, `program_missing`, `program_lost`.
        """


class Clock(Protocol):
    """Tells the time, so that tests can set it."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class NodeContext(Protocol):
    """One step's view of its host. Nothing of it is global, and nothing of it outlives the step."""

    @property
    def log(self) -> NodeLog:
        """The log of the run."""

    @property
    def http(self) -> HttpClient:
        """The guarded HTTP client."""

    @property
    def net(self) -> Net:
        """The guarded way out for everything else."""

    @property
    def programs(self) -> Programs:
        """Programs of the worker's machine."""

    @property
    def clock(self) -> Clock:
        """The time."""

    @property
    def idempotency_key(self) -> str:
        """The same for every try of this step, also after a crash; ASCII, at most 80 characters."""

    @property
    def tenant_id(self) -> int | None:
        """The tenant that the run belongs to; None for the platform. Look-ups are scoped to it."""

    @property
    def owner_id(self) -> int | None:
        """The tenant that owns the flow; None for the platform. What the flow may use is decided by it."""

    @property
    def run_id(self) -> str:
        """The id of the run."""

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing outside may be touched. `run` is not called on actions then, `preview` is."""

    @property
    def is_test(self) -> bool:
        """Whether it is a run to try the flow out: credentials are open with their values for trying out."""

    def emit(self, event_type: str, payload: JsonObject) -> None:
        """Emit an event of a type that the node's own package declares, for the tenant of the run.

        It is stored when `run` has answered, once however often the step is repeated; a step that fails emits
        nothing. A dry run shows it.

        Raises:
            NodeError: `not_own_event_type`, `too_many_events`, `events_too_large`.
        """

    def callback_url(self) -> str:
        """The address on which an outside system answers the wait that this turn begins, by a POST with JSON; see
        `Suspend.callback`. It counts once. The answer may choose a port by `?port=`, else it is the first of `answers`.
        """

    def opened(self, name: str, fields: type[F]) -> F:
        """The fields of a credential that the config names. They were opened before the turn: this is plain, and works
        in threads. Keep them no longer than the turn, and put them into no record, log line, detail or error.

        Raises:
            NodeError: `unknown_credential`, `wrong_credential_type`.
        """
