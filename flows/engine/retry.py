"""How long to wait before the next try."""

import random

from flows.sdk import NodeError
from flows.sdk.retry import Retry

MOST_RETRY_AFTER_SECONDS = 6 * 3600.0


def next_delay(policy: Retry, tries: int, error: NodeError, rng: random.Random) -> float | None:
    """Seconds until the next try, or None when there is none.

    Exponential backoff, capped, shortened by chance as far as `jitter` says, so that runs that failed together do not
    come back together; a `Retry-After` of the other side is obeyed when it is longer, up to six hours.

    Args:
        policy: the node's setting.
        tries: how often the node has been tried, this failure included.
        error: the failure.
        rng: where the jitter comes from.
    """
    if not error.retryable or tries >= policy.attempts:
        return None
    try:
        delay = min(policy.first_seconds * policy.factor ** (tries - 1), policy.cap_seconds)
    except OverflowError:
        delay = policy.cap_seconds
    delay *= 1 - policy.jitter * rng.random()
    asked = min(max(error.retry_after or 0.0, 0.0), MOST_RETRY_AFTER_SECONDS)
    return max(delay, asked)
