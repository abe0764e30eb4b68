"""Who decides on a step that waits for people: what the policy comes to for one record, as the desk keeps it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

from approvals.models import Policy, Task
from approvals.services import policies
from common.ids import row_id
from flows.models import Run
from flows.sdk import JsonObject
from flows.services.causes import caused_by

PERSON = "person:"


def told_to_desk(
    *, policy: Policy | None, run_id: str, owner_id: int | None, record: Mapping[str, Any], now: datetime
) -> JsonObject:
    """What goes into `Review.policy`; empty: whoever may decide the tasks of others.

    Args:
        record: in which the policy finds fields that name people.
    """
    if policy is None:
        return {}
    task = Task(type=Task.Type.REVIEW, tenant_id=owner_id, created_at=now)
    task.requester_id = starter_of(Run.objects.select_related("event").get(id=run_id))
    policies.hold(task, policy, record)
    return {"name": task.policy_name, "policy": task.policy, "reviewers": task.reviewers}


@contextmanager
def caused_by_run_of(task: Task) -> Iterator[None]:
    """Within, events come from the run that waits: flows that ask about one another end at some depth."""
    run = Run.objects.select_related("event").filter(id=task.run_id).first() if task.run_id else None
    with caused_by(run.id, run.event.depth) if run else nullcontext():
        yield


def starter_of(run: Run) -> int | None:
    """The id of whoever started the run by hand."""
    source = run.event.source
    return row_id(source.removeprefix(PERSON)) if source.startswith(PERSON) else None
