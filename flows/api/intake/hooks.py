"""Inbound webhooks: `POST /hooks/<key>/`."""

import time

from channels.db import database_sync_to_async

from common.crypto import hash_token, is_same, is_signed
from common.problems import Problem
from common.strict_json import loads
from flows.api.intake.http import Scope, header
from flows.sdk import Json
from flows.services.hooks import OpenHook, hook_of_key
from flows.store.intake import NewEvent

HOOK_RECEIVED = "hook.received"
CACHE_SECONDS = 2.0
MOST_CACHED = 10_000
LONGEST_ID = 200


class HookCache:
    """Open webhooks by key; a change is seen two seconds later at most. Used on one event loop."""

    def __init__(self) -> None:
        self._hooks: dict[str, tuple[float, OpenHook | None]] = {}

    async def get(self, key: str) -> OpenHook | None:
        """The webhook of that key, or None."""
        known = self._hooks.get(key)
        now = time.monotonic()
        if known is not None and known[0] > now:
            return known[1]
        hook: OpenHook | None = await database_sync_to_async(hook_of_key)(key)
        if len(self._hooks) >= MOST_CACHED:
            self._hooks.clear()
        self._hooks[key] = (now + CACHE_SECONDS, hook)
        return hook


def check_caller(hook: OpenHook, scope: Scope, body: bytes) -> None:
    """Let the call pass, or not. A webhook without a secret refuses everyone.

    Raises:
        Problem: 401 `bad_signature` or `bad_token`.
    """
    given = header(scope, hook.spec.header.lower().encode()) or ""
    if hook.spec.auth == "hmac":
        prefix = hook.spec.prefix
        signature = given[len(prefix) :] if given.startswith(prefix) else ""
        if not is_signed(body, hook.secret, signature):
            raise Problem(
                401,
                "bad_signature",
                "The signature does not fit the body.",
                hint=f"Send {hook.spec.header}: {prefix}<hex HMAC-SHA256 of the body under the secret>.",
            )
        return
    token = given.removeprefix("Bearer ").strip()
    if not hook.secret or not is_same(token, hook.secret):
        raise Problem(
            401, "bad_token", "The secret is missing or wrong.", hint=f"Send it in {hook.spec.header}."
        )


def event_of_call(hook: OpenHook, scope: Scope, body: bytes) -> NewEvent:
    """The event that a call makes.

    A JSON object is the payload as it is; anything else that is JSON, and plain text, becomes `{"body": …}`.
    """
    delivery = (
        header(scope, hook.spec.delivery_header.lower().encode()) if hook.spec.delivery_header else None
    )
    payload = _payload(scope, body)
    return NewEvent(
        type=HOOK_RECEIVED,
        payload=payload if isinstance(payload, dict) else {"body": payload},
        tenant_id=hook.tenant_id,
        source=f"hook:{hook.flow_id}",
        dedup_key=_delivery_id(delivery),
        flow_id=hook.flow_id,
    )


def _delivery_id(value: str | None) -> str:
    """What tells repeated deliveries apart; a long one by its hash, so that two never look alike.

    Raises:
        Problem: 400 `bad_delivery_id`.
    """
    text = (value or "").strip()
    if "\0" in text:
        raise Problem(400, "bad_delivery_id", "The delivery id holds a NUL.", hint="Send visible characters.")
    return text if len(text) <= LONGEST_ID else hash_token(text)


def _payload(scope: Scope, body: bytes) -> Json:
    if not body:
        return {}
    kind = (header(scope, b"content-type") or "").partition(";")[0].strip().lower()
    if kind == "text/plain":
        text = body.decode("utf-8", errors="replace")
        return text.replace("\0", "�")
    return loads(body, max_nodes=100_000)
