"""The programs that nodes run."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from common.failure import Failure
from common.programs import Finished, Program, best_confinement, run
from common.programs.running import at_once
from common.programs.spec import Ending, Stream
from flows.conf import flag
from flows.sdk import NodeError


@dataclass(frozen=True, slots=True)
class NodePrograms:
    """`flows.sdk.context.Programs`: failures are those of the node."""

    async def run(
        self,
        program: Program,
        on_line: Callable[[Stream, str], None] | None = None,
        ending: Callable[[], Awaitable[Ending]] = at_once,
    ) -> Finished:
        try:
            look = partial(best_confinement, allows_none=flag("UNCONFINED_PROGRAMS"))
            return await run(program, await asyncio.to_thread(look), on_line, ending)
        except Failure as failure:
            raise NodeError.of(failure) from failure
