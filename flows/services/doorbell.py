"""Wakes a runner after a commit.

A bell is a short list in Redis: a ring puts an element in, and the first runner that has nothing to do takes it out,
so that one ring wakes one of many. Rings may be lost.
"""

from functools import cached_property

from django.conf import settings
from django.db import transaction
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from flows.services.hints import Hints

BELL = "hookflow:bell"
"""Rings when runs are due."""
QUESTIONS = "hookflow:questions"
"""Rings when a page asks something of a worker."""
MOST_RINGS = 8
"""More than so many runners are not woken at once by rings that came while all were busy."""
LEAST_SECONDS_BETWEEN = 0.02
SEND_SECONDS = 2.0


class Doorbell:
    """`ring` never blocks.

    Args:
        bell: the list in Redis.
        effect: what it means to people that nobody hears it.
    """

    def __init__(self, bell: str = BELL, effect: str = "runs start up to a second later") -> None:
        self._bell = bell
        self._hints = Hints("doorbell", self._send, effect=effect, rest=LEAST_SECONDS_BETWEEN)

    def ring(self) -> None:
        """Ask for a wake-up. Several calls before it goes out make one."""
        self._hints.want()

    @cached_property
    def _redis(self) -> Redis:
        return Redis.from_url(
            settings.REDIS.redis_url,
            socket_timeout=SEND_SECONDS,
            socket_connect_timeout=SEND_SECONDS,
            retry=Retry(NoBackoff(), 1),
        )

    def _send(self) -> None:
        with self._redis.pipeline(transaction=False) as both:
            both.lpush(self._bell, 1)
            both.ltrim(self._bell, 0, MOST_RINGS - 1)
            both.execute()


doorbell = Doorbell()
question_bell = Doorbell(QUESTIONS, "answers to pages come up to five seconds later")


def ring_on_commit(bell: Doorbell = doorbell) -> None:
    """Ring once the transaction at hand is committed."""
    transaction.on_commit(bell.ring)
