"""The ASGI application of the intake. 202 only after the commit."""

import asyncio
import re
from functools import partial

from channels.db import database_sync_to_async
from django.db import InterfaceError, OperationalError

from common.asgi import REST_SECONDS, Receive, Scope, Send, answer, answer_problem
from common.problems import Problem, not_found
from flows.api.intake.bodies import read_events
from flows.api.intake.callbacks import data_of_callback, port_of_callback
from flows.api.intake.callers import check_caller
from flows.api.intake.hooks import HookCache, event_of_call
from flows.api.intake.http import EVENTS_PATHS, HOOKS_PATH, header, read_body
from flows.api.intake.judging import store_judged
from flows.api.intake.sender_cache import SenderCache
from flows.api.intake.tenants import check_tenants
from flows.api.intake.types import TypeCheck
from flows.api.intake.work_pool import WorkPool
from flows.services.callbacks import WAITS_PATH, awaited
from flows.services.intake_writer import DedupConflict, IntakeUnavailable, intake_writer
from flows.services.pressure import Pressure
from flows.services.waits import answer_callback
from flows.store.new_events import Accepted, NewEvent

_HOOK_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


def handles(scope: Scope) -> bool:
    """Whether the request is for the intake."""
    path: str = scope["path"]
    return path.startswith(HOOKS_PATH) or (path in EVENTS_PATHS and scope["method"] == "POST")


class Intake:
    """Events from the API and from webhooks share it."""

    def __init__(self) -> None:
        self._senders = SenderCache()
        self._hooks = HookCache()
        self._pressure = Pressure()
        self._pool = WorkPool()
        self._types = TypeCheck(self._pool)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            if scope["path"].startswith(WAITS_PATH):
                await self._callback(scope, receive)
                await answer(send, 202, {"accepted": []})
                return
            events, tenant_id = await self._events(scope, receive)
            accepted = await store_judged(intake_writer, self._pool, events, tenant_id)
        except Problem as problem:
            if problem.status == 429:
                await asyncio.sleep(REST_SECONDS)
            await answer_problem(send, problem)
        except DedupConflict as conflict:
            await answer_problem(send, _key_reused(conflict))
        except (IntakeUnavailable, OperationalError, InterfaceError):
            await answer_problem(send, _unavailable())
        else:
            await answer(send, 202, {"accepted": [_answer(entry) for entry in accepted]})

    async def _events(self, scope: Scope, receive: Receive) -> tuple[list[NewEvent], int | None]:
        """The events of a request, and the tenant that pays for the work on them."""
        if scope["path"] in EVENTS_PATHS:
            actor = await self._senders.sender(scope)
            await self._pressure.check(actor.tenant_id)
            body = await read_body(receive)
            key = header(scope, b"idempotency-key")
            events = await self._pool.sized(
                len(body), actor.tenant_id, partial(read_events, body, actor, key)
            )
            await check_tenants(events, actor)
            await self._types.check(events, actor.tenant_id)
            return events, actor.tenant_id
        return await self._hook_event(scope, receive)

    async def _callback(self, scope: Scope, receive: Receive) -> None:
        if scope["method"] != "POST":
            raise Problem(405, "method_not_allowed", "This address takes POST only.")
        found = awaited(scope["path"].removeprefix(WAITS_PATH).strip("/"))
        if found is None:
            raise not_found("There is no such address.", hint="Use the address as it was given.")
        body = await read_body(receive)
        data = await self._pool.sized(len(body), None, partial(data_of_callback, body))
        await database_sync_to_async(answer_callback)(found, port_of_callback(scope), data)

    async def _hook_event(self, scope: Scope, receive: Receive) -> tuple[list[NewEvent], int | None]:
        if scope["method"] != "POST":
            raise Problem(405, "method_not_allowed", "A webhook takes POST only.")
        key = scope["path"].removeprefix(HOOKS_PATH).strip("/")
        hook = await self._hooks.get(key) if _HOOK_KEY.fullmatch(key) else None
        if hook is None:
            raise not_found("There is no such webhook.", hint="Copy the URL from the flow's trigger.")
        body = await read_body(receive)
        call_key = check_caller(hook, scope, body)
        await self._pressure.check(hook.tenant_id)
        read = partial(event_of_call, hook, scope, body, call_key)
        return [await self._pool.sized(len(body), hook.tenant_id, read)], hook.tenant_id


def _answer(entry: Accepted) -> dict[str, object]:
    return {"id": str(entry.id), "duplicate": entry.is_duplicate, "runs": len(entry.runs)}


def _key_reused(conflict: DedupConflict) -> Problem:
    return Problem(
        422,
        "dedup_key_reused",
        f"Event {conflict.position}: its dedup key was used before with another type or payload.",
        hint="Send the same body again, or use a new key.",
        field=f"{conflict.position}.dedup_key",
        extra={"position": conflict.position},
    )


def _unavailable() -> Problem:
    return Problem(
        503,
        "intake_unavailable",
        "The event could not be stored; nothing was accepted.",
        hint="Send it again.",
        extra={"retry_after": 2},
    )
