"""Which runs and flows someone is looking at: names in Redis that lapse unless renewed."""

import time
from typing import Any

WATCHED = "hookflow:watched"
WATCH_SECONDS = 30.0


def run_group(run_id: object) -> str:
    """The channel group of a run's watchers."""
    return f"run.{run_id}"


def flow_group(flow_id: object) -> str:
    """The channel group of a flow's watchers."""
    return f"flow.{flow_id}"


async def watch(redis: Any, group: str) -> None:
    """Someone looks at `group` for the next half minute; groups that lapsed are cleared away."""
    now = time.time()
    await redis.zadd(WATCHED, {group: now + WATCH_SECONDS})
    await redis.zremrangebyscore(WATCHED, "-inf", now)


async def watched(redis: Any) -> set[str]:
    """The groups that someone looks at."""
    return {name.decode() for name in await redis.zrangebyscore(WATCHED, time.time(), "+inf")}
