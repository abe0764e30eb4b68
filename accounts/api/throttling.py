"""How often one actor may call."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.actors import Actor
from common.problems import Problem

WINDOW = 60


WRONG_TOKENS = 60
"""How many wrong tokens a minute an address may send until it is told to wait."""


def refuse_wrong_token(address: str) -> Problem:
    """What to tell an address that sent a wrong token: 401, and 429 once it has sent too many.

    Right tokens are not held up by it, whoever else sends wrong ones from the same network. Counted per process.
    """
    key = f"throttle:wrong_token:{address}"
    cache.add(key, 0, WINDOW)
    try:
        is_over = cache.incr(key) > WRONG_TOKENS
    except ValueError:  # the minute ended between the two calls
        is_over = False
    if is_over:
        return Problem(
            429,
            "too_many_tries",
            "There were too many wrong API tokens.",
            hint="Wait a minute, then send a token that is valid.",
            extra={"retry_after": WINDOW},
        )
    return Problem(401, "bad_token", "The API token is unknown, revoked or expired.", hint="Make a new one.")


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
