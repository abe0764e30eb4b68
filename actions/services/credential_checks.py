"""The errand that tests a credential, and the chore that has those in use tested."""

import asyncio
import inspect
import time
from functools import partial
from typing import Any, Final

from actions.models import Credential
from actions.services.credential_health import check_due, note_failure, note_success
from actions.services.credential_tests import TEST
from common.redact import redact_known
from flows.engine.errands import TIME_LIMIT_SECONDS, TIMED_OUT, ErrandHost, OpenErrand, errand_kind
from flows.sdk import Json, NodeError, credential_types
from flows.services.sweeping import every_second

CHECK_EVERY_SECONDS: Final = 10.0
LIMIT_SECONDS: Final = TIME_LIMIT_SECONDS - 2
"""Before the errand is given up, so that the state is written down."""


@errand_kind(TEST)
class CredentialTest:
    """Uses the credential as its type says, and keeps what became of it."""

    async def answer(self, host: ErrandHost, errand: OpenErrand) -> Json:
        """`{"text", "seconds"}`: what works."""
        row = await host.store(partial(_row_of, errand))
        is_staging, begun = bool(errand.request["staging"]), time.monotonic()
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                text = await _tested(host, row, is_staging)
        except (NodeError, TimeoutError) as error:
            failure = error if isinstance(error, NodeError) else TIMED_OUT
            if not is_staging:
                await host.store(partial(note_failure, row, redact_known(failure.as_json())))
            raise failure from error
        seconds = time.monotonic() - begun
        if not is_staging:
            await host.store(partial(note_success, row, redact_known(text), seconds))
        return {"text": text, "seconds": round(seconds, 3)}


def _row_of(errand: OpenErrand) -> Credential:
    row = Credential.objects.filter(pk=errand.request["id"]).first()
    if row is None or row.tenant_id != errand.owner_id:
        raise NodeError("unknown_credential", "The credential is gone.", hint="Look at the list.")
    return row


async def _tested(host: ErrandHost, row: Credential, is_staging: bool) -> str:
    async with host.turn({row.name: [row.type]}, staging=is_staging) as ctx:
        kind = credential_types.get(row.type)
        if kind is None:
            raise NodeError(
                "credential_unusable",
                f"Its type {row.type!r} is not available here.",
                hint="Install the package that brings it.",
            )
        work: Any = partial(kind.test, ctx, ctx.opened(row.name, kind.Fields))
        text = await (work() if inspect.iscoroutinefunction(kind.test) else host.call(work, ctx))
        return str(text)


class Checks:
    """Has credentials tested now and then, one process at a time each."""

    def __init__(self) -> None:
        self._looked = 0.0

    def look(self) -> None:
        """Called about once a second."""
        if time.monotonic() - self._looked >= CHECK_EVERY_SECONDS:
            self._looked = time.monotonic()
            check_due()


def offer() -> None:
    """Tell the workers of both."""
    every_second("credential checks", Checks().look)
