"""Tries of a connector through the real way out, and a look for planted secrets in all that would be kept of them."""

import asyncio
import base64
import inspect
import io
import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote, quote_plus

from common.egress.client import EgressClient
from common.egress.hosts import AllowedHosts
from common.redact import log_line, redact_known, redact_text, secrets_known
from flows.runner.http import NodeHttp
from flows.runner.net import StepNet
from flows.runner.opening import without_secrets
from flows.sdk import CredentialFields, CredentialType, Emit, NodeError, Suspend
from flows.sdk.testing import FakeContext, FakeNet

CANARY = "c4nary-p@ss/w+rd=zQ9"
"""Written differently in a URL and in base64."""
HEADER_CANARY = "c4nary-0f-a-header-zQ9"
ISSUED = "c4nary-that-was-issued-zQ9"
"""What the other side gives out for the secret: as good as the secret."""
RECORD = {"hostname": "web-1"}


@dataclass
class Kept:
    """What would be kept of one try: the failure, and all texts."""

    error: NodeError | None
    text: str


class Trial:
    """Tries one credential `c`, and gathers what would be kept of it.

    Args:
        seconds: the time limit of the step.
    """

    def __init__(self, kind: CredentialType, fields: CredentialFields, seconds: float) -> None:
        self.kind, self.fields = kind, fields
        self.seconds = seconds
        self.log = io.StringIO()

    async def of(self, what: Callable[[FakeContext], Any]) -> Kept:
        hosts = AllowedHosts(self.kind.hosts(self.fields))
        net = StepNet(self.seconds)
        client = EgressClient()
        ctx = FakeContext(credentials={"c": self.fields})
        ctx.clock.moment = datetime.now(UTC)
        ctx.net = cast("FakeNet", net.within(hosts))
        ctx.http = cast(Any, NodeHttp(client).within(hosts))
        cut = asyncio.get_running_loop().call_later(self.seconds, net.close)  # as the runner does
        handler = logging.StreamHandler(self.log)
        logging.getLogger().addHandler(handler)
        try:
            with secrets_known(*self.fields.secrets()):
                return await self._kept(ctx, what)
        finally:
            cut.cancel()
            logging.getLogger().removeHandler(handler)
            net.close()
            await client.aclose()

    async def _kept(self, ctx: FakeContext, what: Callable[[FakeContext], Any]) -> Kept:
        error, result = None, None
        try:
            result = await asyncio.to_thread(what, ctx)
            if inspect.isawaitable(result):
                result = await result
        except NodeError as failed:
            error = failed
        told = [log_line(text) for _, text in ctx.log.lines] + [redact_text(self.log.getvalue())]
        if error is not None:
            shown = "".join(traceback.format_exception(error))
            told += [redact_text(text) for text in (repr(error), json.dumps(error.as_json()), shown)]
            _let_go(error)
        elif isinstance(result, Emit | Suspend):
            node: Any = SimpleNamespace(credentials=["c"])
            told.append(repr(without_secrets(node, result, RECORD)))
        else:
            told.append(repr(redact_known(str(result))))
        return Kept(error, "\n".join(told))


def _let_go(error: BaseException) -> None:
    """Free what the frames of the failure hold: connections that the collector finds later warn in other tests."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        traceback.clear_frames(one.__traceback__)
        waiting += [other for other in (one.__cause__, one.__context__) if other is not None]


def forms(fields: CredentialFields) -> list[str]:
    """The canaries as anybody may come by them."""
    found = [ISSUED]
    for secret in fields.secrets():
        rows = [line for line in secret.splitlines() if "-----" not in line and len(line) > 20] or [secret]
        pairs = [base64.b64encode(f"{before}{secret}".encode()).decode() for before in ("ops:", "\0ops\0")]
        found += [*rows, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], *pairs]
        found.append(base64.b64encode(secret.encode()).decode().rstrip("=")[:-1])
    return found


async def check(trial: Trial, where: str, what: Callable[[FakeContext], Any], *, may_work: bool) -> str:
    """What is wrong with what would be kept of one try; empty when nothing is."""
    try:
        kept = await trial.of(what)
    except Exception as error:  # noqa: BLE001 -- any other exception is what is looked for
        return f"{where}: {type(error).__name__}, which is no NodeError: {str(error)[:200]}"
    leaks = [form for form in forms(trial.fields) if form in kept.text]
    if leaks:
        place = kept.text.index(leaks[0])
        return f"{where}: {leaks[0]} in …{kept.text[max(0, place - 150) : place + 50]}"
    if kept.error is None:
        return "" if may_work else f"{where}: no failure"
    error = kept.error
    return "" if error.code and str(error) and error.hint else f"{where}: {error.code}, {error}, {error.hint}"
