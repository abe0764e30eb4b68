"""What an errand gets of the runner: open credentials, and the guarded way out to their hosts."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, cast

from django.db import close_old_connections
from pydantic import BaseModel

from common.clock import SystemClock
from flows.engine.errands import TIME_LIMIT_SECONDS, OpenErrand
from flows.runner.http import NodeHttp
from flows.runner.net import StepNet
from flows.runner.opening import hosts_of, open_named
from flows.runner.outside import OutsidePool
from flows.sdk import CredentialFields, HttpClient, JsonObject, NodeContext, NodeError
from flows.sdk.config_fields import NamedCredential
from flows.sdk.credentials import opened
from flows.sdk.logs import LineLog
from flows.services.dry_context import NoPrograms
from flows.services.ways_out import all_places

T = TypeVar("T")
F = TypeVar("F", bound=BaseModel)


class NoLog(LineLog):
    """Nobody reads the lines of an errand."""

    def add(self, level: str, text: str) -> None:
        """Forget it."""


@dataclass(frozen=True, slots=True)
class ErrandContext:
    """`flows.sdk.NodeContext` of a question."""

    http: HttpClient
    net: StepNet
    owner_id: int | None
    idempotency_key: str
    credentials: Mapping[str, CredentialFields]
    clock: SystemClock = field(default_factory=SystemClock)
    log: NoLog = field(default_factory=NoLog)
    programs: NoPrograms = field(default_factory=NoPrograms)
    is_dry_run: bool = True
    is_test: bool = False

    @property
    def tenant_id(self) -> int | None:
        """There is no event: the owner is all there is."""
        return self.owner_id

    @property
    def run_id(self) -> str:
        return ""

    def emit(self, event_type: str, payload: JsonObject) -> None:
        """A question changes nothing.

        Raises:
            NodeError: always.
        """
        raise NodeError("no_events", "A question emits no events.")

    def callback_url(self) -> str:
        """A question waits for nothing.

        Raises:
            NodeError: always.
        """
        raise NodeError("no_callback", "A question waits for nobody.")

    def opened(self, name: str, fields: type[F]) -> F:
        """A credential that was opened for the question."""
        return opened(self.credentials, name, fields)


@dataclass(frozen=True, slots=True)
class RunnerHost:
    """`flows.engine.errands.ErrandHost` of the runner."""

    errand: OpenErrand
    http: NodeHttp
    pool: Executor
    outside: OutsidePool

    @asynccontextmanager
    async def turn(
        self, credentials: Mapping[str, Sequence[str]], *, staging: bool = False
    ) -> AsyncIterator[ErrandContext]:
        """A context in which these credentials of the errand's owner are open."""
        named = [NamedCredential(name, tuple(types), "") for name, types in credentials.items()]
        owner = self.errand.owner_id
        found = await open_named(named, owner, TIME_LIMIT_SECONDS, self.pool, staging=staging, is_use=False)
        places = await self.store(all_places) if found and owner is None else ()
        http, net = self.http, StepNet(TIME_LIMIT_SECONDS, places)
        if found:
            http, net = http.within(hosts_of(found)), net.within(hosts_of(found))
        fields = {one.name: one.fields for one in found}
        try:
            yield ErrandContext(http, net, owner, f"errand:{self.errand.id}", fields, is_test=staging)
        finally:
            net.close()

    async def store(self, work: Callable[[], T]) -> T:
        """The answer of a function that uses our own database."""

        def fresh() -> T:
            close_old_connections()
            return work()

        return await asyncio.get_running_loop().run_in_executor(self.pool, fresh)

    async def call(self, work: Callable[[], T], ctx: NodeContext) -> T:
        """The answer of a function that blocks; what it connects to is closed when the turn ends."""
        net = cast(ErrandContext, ctx).net
        call = partial(contextvars.copy_context().run, work)
        return await self.outside.run(net.target or self.errand.kind, self.errand.owner_id, call, net.begin)
