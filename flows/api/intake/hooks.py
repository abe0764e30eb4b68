"""Inbound webhooks: `POST /hooks/<key>/`."""

from channels.db import database_sync_to_async

from common.asgi import Scope
from common.strict_json import loads
from common.timed_cache import TimedCache
from flows.api.intake.http import header
from flows.sdk import Json
from flows.services.hooks import OpenHook, hook_of_key
from flows.store.new_events import NewEvent

HOOK_RECEIVED = "hook.received"
CACHE_SECONDS = 2.0
MOST_CACHED = 10_000


class HookCache:
    """Open webhooks by key; a change is seen two seconds later at most. Used on one event loop."""

    def __init__(self) -> None:
        # An unknown key is kept, too, as a tuple of None: whoever guesses keys must not ask the database each time.
        self._hooks: TimedCache[str, tuple[OpenHook | None]] = TimedCache(
            seconds=CACHE_SECONDS, most=MOST_CACHED
        )

    async def get(self, key: str) -> OpenHook | None:
        """The webhook of that key, or None."""
        known = self._hooks.get(key)
        if known is not None:
            return known[0]
        hook: OpenHook | None = await database_sync_to_async(hook_of_key)(key)
        self._hooks.put(key, (hook,))
        return hook


def event_of_call(hook: OpenHook, scope: Scope, body: bytes, call_key: str) -> NewEvent:
    """The event that a call makes.

    A JSON object is the payload as it is; anything else that is JSON, and plain text, becomes `{"body": …}`.

    Args:
        call_key: what makes the call count once, from `check_caller`.
    """
    payload = _payload(scope, body)
    return NewEvent(
        type=HOOK_RECEIVED,
        payload=payload if isinstance(payload, dict) else {"body": payload},
        tenant_id=hook.tenant_id,
        source=f"hook:{hook.flow_id}",
        dedup_key=call_key,
        flow_id=hook.flow_id,
    )


def _payload(scope: Scope, body: bytes) -> Json:
    if not body:
        return {}
    kind = (header(scope, b"content-type") or "").partition(";")[0].strip().lower()
    if kind == "text/plain":
        text = body.decode("utf-8", errors="replace")
        return text.replace("\0", "�")
    return loads(body, max_nodes=100_000)
