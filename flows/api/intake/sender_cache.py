"""Who may send events: API tokens, looked up in a cache that a revocation outlives by two seconds at most."""

from channels.db import database_sync_to_async

from accounts.actors import Actor
from accounts.api.throttling import refuse_wrong_token
from accounts.roles import Permission
from accounts.services.tokens import authenticate
from common.addresses import counted_as
from common.asgi import Scope
from common.crypto import hash_token
from common.problems import Problem
from common.timed_cache import TimedCache
from flows.api.intake.http import header

CACHE_SECONDS = 2.0
MOST_CACHED = 10_000


class SenderCache:
    """Actors by the hash of their token. One a process; used on one event loop."""

    def __init__(self) -> None:
        self._actors: TimedCache[str, Actor] = TimedCache(seconds=CACHE_SECONDS, most=MOST_CACHED)

    async def sender(self, scope: Scope) -> Actor:
        """The actor whose token the request carries.

        Raises:
            Problem: 401 `not_authenticated`, `bad_token`, 403 `not_allowed`, 429 `too_many_tries`.
        """
        value = header(scope, b"authorization") or ""
        kind, _, token = value.partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Problem(
                401,
                "not_authenticated",
                "The request carries no API token.",
                hint="Send `Authorization: Bearer hf_…`; tokens are made under Settings, API tokens.",
            )
        actor = await self._actor(token.strip())
        if actor is None:
            client = scope.get("client")
            raise refuse_wrong_token(counted_as(str(client[0]) if client else ""))
        actor.need(Permission.send_events)
        return actor

    async def _actor(self, token: str) -> Actor | None:
        token_hash = hash_token(token)
        known = self._actors.get(token_hash)
        if known is not None:
            return known
        actor: Actor | None = await database_sync_to_async(authenticate)(token)
        if actor is not None:
            self._actors.put(token_hash, actor)
        return actor
