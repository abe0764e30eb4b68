"""Answers what pages ask of a worker, beside the runs and apart from them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from typing import Any, Final
from uuid import UUID

import orjson
import structlog

from common.redact import log_line, redact_known, secrets_known
from flows.engine.errands import (
    MAX_ANSWER_BYTES,
    TIME_LIMIT_SECONDS,
    TIMED_OUT,
    TOO_LARGE,
    UNEXPECTED,
    ErrandHost,
    OpenErrand,
    errand_kinds,
)
from flows.runner import choices  # noqa: F401  # registers its kind
from flows.sdk import Json, NodeError
from flows.store import errands

logger = structlog.get_logger(__name__)

AT_ONCE: Final = 8
"""So many a worker answers at a time: its runs come first."""
POLL_SECONDS: Final = 0.5
HEARING_POLL_SECONDS: Final = 5.0
"""While the bell tells of new ones: for rings that were lost, and for what dead workers held."""
RENEW_SECONDS: Final = 2.0

Upkeep = Callable[[Callable[[], Any]], Any]
HostOf = Callable[[OpenErrand], ErrandHost]


class ErrandDesk:
    """Takes errands as they come, and answers each within its time limit.

    Args:
        worker: the name under which it holds them.
        pool: where its own database work is done.
        host_of: what an errand gets of the runner.
        will_be_rung: whether `ring` is called when there is something new.
    """

    def __init__(
        self, worker: str, pool: Executor, host_of: HostOf, will_be_rung: Callable[[], bool]
    ) -> None:
        self._worker, self._pool = worker, pool
        self._host_of, self._will_be_rung = host_of, will_be_rung
        self._at_work: dict[UUID, asyncio.Task[None]] = {}
        self._asked = asyncio.Event()
        self._renewed = 0.0

    @property
    def has_room(self) -> bool:
        """Whether it could take another one."""
        return len(self._at_work) < AT_ONCE

    def ring(self) -> None:
        """There may be something to do."""
        self._asked.set()

    async def work(self, do: Callable[[Executor, Callable[[], Any]], Any]) -> None:
        """Until cancelled; `do` runs database work and forgives a database that is away."""
        try:
            while True:
                self._asked.clear()
                await self._take(partial(do, self._pool))
                await self._pause()
        finally:
            for task in self._at_work.values():
                task.cancel()
            await asyncio.gather(*self._at_work.values(), return_exceptions=True)
            await do(self._pool, partial(errands.give_back, self._worker))

    async def _take(self, do: Upkeep) -> None:
        clock = asyncio.get_running_loop().time
        if self._at_work and clock() - self._renewed >= RENEW_SECONDS:
            self._renewed = clock()
            await do(partial(errands.renew, self._worker, list(self._at_work)))
        if free := AT_ONCE - len(self._at_work):
            for errand in await do(partial(errands.claim, self._worker, free)) or ():
                task = asyncio.create_task(self._answer(errand, do))
                self._at_work[errand.id] = task
                task.add_done_callback(partial(self._done, errand.id))

    def _done(self, errand_id: UUID, task: asyncio.Task[None]) -> None:
        if len(self._at_work) == AT_ONCE:
            self.ring()  # what found no room may be waiting
        self._at_work.pop(errand_id, None)

    async def _pause(self) -> None:
        poll = HEARING_POLL_SECONDS if self._will_be_rung() else POLL_SECONDS
        with suppress(TimeoutError):
            async with asyncio.timeout(min(poll, RENEW_SECONDS) if self._at_work else poll):
                await self._asked.wait()

    async def _answer(self, errand: OpenErrand, do: Upkeep) -> None:
        result = await answered(errand, self._host_of(errand))
        await do(partial(errands.finish, self._worker, errand, result))


async def answered(errand: OpenErrand, host: ErrandHost) -> Json | NodeError:
    """The answer, or why there is none; without the secrets that were opened for it."""
    kind = errand_kinds.get(errand.kind)
    if kind is None:
        return UNEXPECTED
    limit = asyncio.timeout(TIME_LIMIT_SECONDS)
    with secrets_known():
        try:
            async with limit:
                answer = redact_known(await kind.answer(host, errand))
            return answer if len(orjson.dumps(answer)) <= MAX_ANSWER_BYTES else TOO_LARGE
        except NodeError as error:
            return _redacted(error)
        except Exception as error:
            if isinstance(error, TimeoutError) and limit.expired():
                return TIMED_OUT
            logger.exception("errand_failed", kind=errand.kind, errand=str(errand.id))
            return UNEXPECTED


def _redacted(error: NodeError) -> NodeError:
    return NodeError(
        error.code,
        log_line(error.message, 1000),
        hint=log_line(error.hint, 1000),
        field=error.field,
        retryable=error.retryable,
    )
