"""Helpers with which a node is tested alone: no database, no network, no waiting.

`run_node(Filter, {"field": "ram", "operation": ">=", "value": "8"}, {"ram": 9})` gives what `run` gives.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar, Unpack

from pydantic import BaseModel

from common.http import HttpAnswer, HttpOptions
from common.programs.spec import Ending, Finished, Program, Stream
from common.tls import Tls
from flows.sdk.config import NodeConfig
from flows.sdk.credentials import CredentialFields, opened
from flows.sdk.emitting import Outbox
from flows.sdk.errors import NodeError
from flows.sdk.json_types import JsonObject, Record
from flows.sdk.logs import LineLog
from flows.sdk.node import Node
from flows.sdk.results import Result, Wake
from flows.sdk.testing_net import FakeNet

__all__ = [
    "FakeClock",
    "FakeContext",
    "FakeHttp",
    "FakeLog",
    "FakeNet",
    "Renderer",
    "SentRequest",
    "answering",
    "configured",
    "resume_node",
    "run_node",
]

F = TypeVar("F", bound=BaseModel)

Renderer = Callable[[type[Node], JsonObject, Record], NodeConfig]
"""Turns a config as drawn into one whose templates are filled in from the record."""


@dataclass(frozen=True, slots=True)
class SentRequest:
    """What a node asked the HTTP client to send."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    timeout_seconds: float = 30.0
    max_body_bytes: int = 1_048_576
    follow_redirects: bool = True
    tls: Tls | None = None


@dataclass
class FakeHttp:
    """Answers from a list, in order, and remembers what was sent. The last answer repeats."""

    answers: list[HttpAnswer | NodeError] = field(default_factory=lambda: [HttpAnswer(200, {}, b"")])
    requests: list[SentRequest] = field(default_factory=list)

    async def request(self, method: str, url: str, **options: Unpack[HttpOptions]) -> HttpAnswer:
        """Take down the request and give the next answer."""
        return self.exchange(method, url, options)

    def exchange(self, method: str, url: str, options: HttpOptions) -> HttpAnswer:
        """As `request`, for a session of `FakeNet`."""
        answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
        self.requests.append(SentRequest(method, url, **options))
        if isinstance(answer, NodeError):
            raise answer
        return answer


@dataclass
class FakeClock:
    """Stands still until a test moves it."""

    moment: datetime = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class FakeLog(LineLog):
    """Keeps every line as (level, text)."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def add(self, level: str, text: str) -> None:
        """Keep it."""
        self.lines.append((level, text))

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)


@dataclass
class FakePrograms:
    """Runs nothing: gives its answer, and remembers what was asked for."""

    answer: Finished | NodeError = field(default_factory=lambda: Finished(0))
    programs: list[Program] = field(default_factory=list)

    async def run(
        self,
        program: Program,
        on_line: Callable[[Stream, str], None] | None = None,
        ending: Callable[[], Awaitable[Ending]] | None = None,
    ) -> Finished:
        """Take down the program, pass on the lines of the answer, and give it."""
        self.programs.append(program)
        if isinstance(self.answer, NodeError):
            raise self.answer
        if on_line is not None:
            for line in self.answer.stdout.splitlines():
                on_line("stdout", line)
            for line in self.answer.stderr.splitlines():
                on_line("stderr", line)
        return self.answer


@dataclass
class FakeContext:
    """A `NodeContext` whose every part a test can set and look into."""

    http: FakeHttp = field(default_factory=FakeHttp)
    net: FakeNet = field(default_factory=FakeNet)
    programs: FakePrograms = field(default_factory=FakePrograms)
    clock: FakeClock = field(default_factory=FakeClock)
    log: FakeLog = field(default_factory=FakeLog)
    idempotency_key: str = "0195-run.node"
    tenant_id: int | None = 1
    owner_id: int | None = 1
    run_id: str = "01950000-0000-7000-8000-000000000000"
    is_dry_run: bool = False
    is_test: bool = False
    credentials: Mapping[str, CredentialFields] = field(default_factory=dict)
    outbox: Outbox = field(default_factory=Outbox)

    def __post_init__(self) -> None:
        self.net.exchange = self.net.exchange or self.http.exchange

    def end(self) -> None:
        """A test may look into it for longer than the step lasts."""

    @property
    def emitted(self) -> list[tuple[str, JsonObject]]:
        """The events so far, as (type, payload)."""
        return [(event.kind.name, event.payload) for event in self.outbox.events]

    def emit(self, event_type: str, payload: JsonObject) -> None:
        """Keep the event, if its type is registered and its payload fits."""
        self.outbox.emit(event_type, payload)
        self.outbox.check()

    def callback_url(self) -> str:
        """An address that nobody answers on."""
        return "https://hookflow.example/hooks/waits/fake/"

    def opened(self, name: str, fields: type[F]) -> F:
        return opened(self.credentials, name, fields)


def answering(*answers: HttpAnswer | NodeError) -> FakeContext:
    """A context whose HTTP client, and whose sessions, give these answers, in order."""
    return FakeContext(http=FakeHttp(list(answers)))


def configured(
    cls: type[Node], config: JsonObject, record: Record | None = None, *, render: Renderer | None = None
) -> NodeConfig:
    """The checked config; with `render`, its templates filled in from the record.

    Raises:
        pydantic.ValidationError: the config does not fit the node type.
    """
    checked = cls.Config.model_validate(config)
    return checked if render is None else render(cls, config, record or {})


def run_node(
    cls: type[Node],
    config: JsonObject,
    record: Record | None = None,
    *,
    context: FakeContext | None = None,
    render: Renderer | None = None,
) -> Result:
    """Check the config and run the node once, whether its `run` is plain or `async`.

    Raises:
        pydantic.ValidationError: the config does not fit the node type.
        NodeError: the node failed.
    """
    ready = configured(cls, config, record, render=render)
    answer = cls().run(context or FakeContext(), ready, record or {})
    return asyncio.run(_wait_for(answer)) if inspect.isawaitable(answer) else answer


def resume_node(
    cls: type[Node],
    config: JsonObject,
    wake: Wake,
    record: Record | None = None,
    *,
    context: FakeContext | None = None,
    render: Renderer | None = None,
) -> Result:
    """As `run_node`, for the turn after a `Suspend` with `on_time=None`."""
    ready = configured(cls, config, record, render=render)
    answer = cls().resume(context or FakeContext(), ready, record or {}, wake)
    return asyncio.run(_wait_for(answer)) if inspect.isawaitable(answer) else answer


async def _wait_for(answer: object) -> Result:
    result: Result = await answer  # type: ignore[misc]  # `isawaitable` was asked just before
    return result
