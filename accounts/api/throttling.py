"""How often one actor may call."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.actors import Actor

WINDOW = 60


class PerActor(BaseThrottle):
    """So many requests a minute for each user, counted per web process: a brake, not a lock.

    What must not be passed (sign-in) is counted in the database instead; see `accounts.services.attempts`.
    """

    name: ClassVar[str] = "api"
    per_minute: ClassVar[int | None] = None

    @classmethod
    def of(cls, name: str, per_minute: int) -> type["PerActor"]:
        """The class that counts one kind of request by itself, such as a connection test."""
        return type(f"PerActor_{name}", (cls,), {"name": name, "per_minute": per_minute})

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether there is room in this minute. Strangers are not counted: they can do nothing."""
        actor = request.auth
        if not isinstance(actor, Actor):
            return True
        limit = self.per_minute or settings.API_REQUESTS_PER_MINUTE
        key = f"throttle:{self.name}:{actor.user_id}"
        cache.add(key, 0, WINDOW)
        try:
            return bool(cache.incr(key) <= limit)
        except ValueError:  # the minute ended between the two calls
            return True

    def wait(self) -> float:
        """Seconds until there is surely room again."""
        return WINDOW
