"""What a fault test does inside the installation about hooks; see `tests.faults.inside`."""

from collections import Counter
from typing import Any


def hooks_file() -> dict[str, Any]:
    """How the followed file is."""
    from hooks.models import FollowedFile

    row = FollowedFile.objects.filter(id=1).first() or FollowedFile()
    return {"state": row.state, "hash": row.content_hash}


def hooked(flow_id: str) -> dict[str, Any]:
    """How many runs of hooks each run of the flow had; how many of them did not succeed; what is queued."""
    from flows.models import QueueEntry, Run

    queued = QueueEntry.objects.count()
    heard = dict.fromkeys(
        (str(one) for one in Run.objects.filter(flow_id=flow_id).values_list("id", flat=True)), 0
    )
    statuses: Counter[str] = Counter()
    for run in Run.objects.filter(flow__file_hook__isnull=False).select_related("event"):
        heard[run.event.payload["execution_id"]] += 1
        statuses[run.status] += 1
    return {"heard": heard, "statuses": dict(statuses), "queued": queued}


def call_tokens(are_over: bool = False) -> list[dict[str, Any]]:
    """The tokens of calls, and for how many seconds each is good; or their time has come."""
    from datetime import UTC, datetime

    from accounts.models import ApiToken

    now, rows = datetime.now(UTC), ApiToken.objects.filter(expires_at__isnull=False)
    if are_over:
        rows.update(expires_at=now)
    return [{"id": row.pk, "seconds_left": (row.expires_at - now).total_seconds()} for row in rows]
