"""One call of a stranger's function: its process, its token, and what came of it."""

import asyncio
import json
import os
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
from django.conf import settings

from common import strict_json
from common.json_scanner import BadJson
from common.redact import log_line, redact_known, secrets_known
from flows.conf import flag, number
from flows.sdk import Finished, Json, JsonObject, Limits, NodeContext, NodeError, Program
from hooks.services.calls import inside, rest_tokens
from hooks.services.calls.turns import turn
from hooks.services.finding import OWN_FOLDER
from hooks.services.resolving import Resolved
from jobs.services.execution import in_thread

RUNNER: Final = str(Path(inside.__file__).resolve())
HINT: Final = "What it wrote stands in the log of the run."

logger = structlog.get_logger(__name__)


class CallFailed(NodeError):
    """A call that came to nothing; `shown` is what the original would log as the exception."""

    shown: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """What is called, with what.

    Args:
        context: the first argument; its `rest_token` is that of the call.
        inputs: the keyword arguments.
    """

    resolved: Resolved
    context: JsonObject
    inputs: JsonObject
    seconds: float


async def carry_out(ctx: NodeContext, call: Call) -> Json:
    """Call it when it is its turn; what it returned.

    Raises:
        CallFailed: `function_failed`, `function_not_found`, `function_timed_out`, `function_out_of_memory`,
            `function_ended`, `result_too_large`, `bad_result`.
        NodeError: `not_confined`, `program_missing`.
    """
    async with turn():
        given = await in_thread(partial(_token_for, ctx, call))
        text = given.text if given else None
        if given is None:
            ctx.log.warning(f"It gets no API token: the account {rest_tokens.ACCOUNT} is switched off.")
        renewing = asyncio.create_task(_renew(given))
        with secrets_known(*filter(None, [text])):
            try:
                program = program_of(call, text, ctx.owner_id)
                return outcome(call, await ctx.programs.run(program, ctx.log.output))
            finally:
                renewing.cancel()
                await _take_back(given)


def program_of(call: Call, rest_token: str | None, owner_id: int | None) -> Program:
    """The process of a call. It gets nothing of the worker's environment, and sees Python, the installed packages and
    the folder that the function comes from.

    Args:
        owner_id: of the flow; None is the platform.
    """
    asked = {
        "module": call.resolved.module,
        "function": call.resolved.function,
        "allowed": call.resolved.allowed,
        "first": [str(call.resolved.folder)] if call.resolved.folder else [],
        "then": _installed(),
        "context": {**call.context, "rest_token": rest_token},
        "inputs": call.inputs,
    }
    return Program(
        argv=[os.path.realpath(sys.executable), "-I", "-S", "-B", RUNNER],
        stdin=json.dumps(asked).encode(),
        directories=(os.path.realpath(sys.base_prefix), *_installed(), *_own_folder(call.resolved), RUNNER),
        # The machine's own network, past the guard that everything else of a tenant is held by.
        has_network=flag("HOOK_NETWORK") and (owner_id is None or flag("HOOK_TENANT_NETWORK")),
        limits=Limits(
            seconds=call.seconds, cpu_seconds=int(call.seconds) + 1, memory_mb=number("HOOK_MEMORY_MB")
        ),
        result_variable="HOOK_RESULT",
    )


def outcome(call: Call, finished: Finished) -> Json:
    """What the function returned.

    Raises:
        CallFailed: see `carry_out`.
    """
    name, seconds = call.resolved.implementation, call.seconds
    if finished.ended_by == "timeout":
        raise _failed("function_timed_out", f"{name} took longer than {seconds:g} seconds and was ended.")
    if finished.ended_by == "memory":
        limit = number("HOOK_MEMORY_MB")
        raise _failed("function_out_of_memory", f"{name} used more than {limit} MB of memory and was ended.")
    told = _told(finished.raw_result)
    how = told.get("how")
    if how == "returned":
        return redact_known(told.get("result"))
    if how == "raised":
        raise _raised(told)
    if how == "missing":
        text = log_line(str(told.get("text")))
        raise _failed("function_not_found", text, shown=f"NonRecoverableError({text!r})", retryable=False)
    if how == "too_large":
        most = f"{inside.MOST_RESULT // 1000} kB"
        raise _failed("result_too_large", f"{name} returned more than {most} of JSON.", retryable=False)
    raise _failed(
        "function_ended",
        f"The process of {name} ended with the exit code {finished.exit_code} before the function did.",
    )


def _told(raw: bytes) -> Mapping[str, Any]:
    if not raw:
        return {}
    try:
        told = strict_json.loads(raw)
    except BadJson as error:
        raise _failed("bad_result", f"What it returned cannot be kept: {error.message}") from error
    return told if isinstance(told, dict) else {}


def _raised(told: Mapping[str, Any]) -> CallFailed:
    kind, text, shown = (log_line(str(told.get(name))) for name in ("type", "text", "shown"))
    is_final = bool(told.get("is_final"))
    return _failed("function_failed", f"{kind}: {text}", shown=shown, retryable=not is_final)


def _failed(code: str, message: str, *, shown: str = "", retryable: bool = True) -> CallFailed:
    error = CallFailed(code, message, hint=HINT, retryable=retryable)
    error.shown = shown or f"RuntimeError({message!r})"
    return error


def _token_for(ctx: NodeContext, call: Call) -> rest_tokens.Given | None:
    return rest_tokens.give(
        ctx.tenant_id,
        event_type=str(call.context.get("event_type") or "call"),
        execution_id=str(call.context.get("execution_id") or ctx.run_id),
    )


async def _renew(given: rest_tokens.Given | None) -> None:
    """While the call is at work."""
    while given is not None:
        await asyncio.sleep(rest_tokens.RENEW_SECONDS)
        try:
            await in_thread(partial(rest_tokens.renew, given))
        except Exception:
            logger.exception("hook_token_not_renewed", token=given.id)


async def _take_back(given: rest_tokens.Given | None) -> None:
    """However the call ended; where this fails, the token ends by the clock and the sweep deletes it."""
    if given is None:
        return
    try:
        await in_thread(partial(rest_tokens.take_back, given))
    except Exception:
        logger.exception("hook_token_not_deleted", token=given.id)


def _installed() -> list[str]:
    """Where Python's packages are installed."""
    return sorted({os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")})


def _own_folder(resolved: Resolved) -> list[str]:
    """What the process sees of the folder that the function lies in: all of it, so that its neighbours are there too,
    but never a folder that holds the data or the code of this program."""
    folder = resolved.folder
    if folder is None or str(folder) in _installed():
        return []
    if not any(private.is_relative_to(folder) for private in (OWN_FOLDER, Path(settings.DATA_DIR).resolve())):
        return [str(folder)]
    top = folder / resolved.module.partition(".")[0]
    return [str(top if top.is_dir() else top.with_suffix(".py"))]
