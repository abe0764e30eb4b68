"""Carrying operations out: each is one run of a flow that the program draws, with a step for each job.

So what survives crashes, retries and waits for Proxmox is the engine, and there is no second one.
"""

from datetime import UTC, datetime
from typing import Any, Final

from approvals.models import Task, TaskJob
from approvals.services import drawings, making, reservations
from approvals.services.acting import acting
from approvals.services.task_events import tell
from approvals.services.telling import tell_on_commit
from flows.models import Flow
from flows.sdk import JsonObject
from flows.services.events import emit_event
from flows.services.managed import managed_flow
from flows.services.starting import MANUAL_START
from flows.store.new_events import NewEvent

SOURCE: Final = "approvals"


def begin(task: Task) -> None:
    """Queue the run that carries the operation out, in the transaction that made the task `PENDING`."""
    flow = managed_flow(making.owner_of(task.server), drawings.carrying_out())
    if not start(task, flow, f"task:{task.id}"):
        error = {"code": "not_started", "message": "The operation could not be started.", "hint": ""}
        finish(task, Task.State.FINISHED_UNSUCCESSFULLY, error)


def start(task: Task, flow: Flow, key: str) -> bool:
    """Queue the run that acts for the task from now on; whether there is one.

    Args:
        key: started again under it, it is the same run.
    """
    accepted = emit_event(
        NewEvent(
            type=MANUAL_START,
            payload={"task": str(task.id)},
            tenant_id=task.tenant_id,
            source=SOURCE,
            dedup_key=key,
            flow_id=flow.id,
        )
    )
    if not accepted.runs:
        return False
    task.execution_id = accepted.runs[0]
    Task.objects.filter(id=task.id).update(execution_id=task.execution_id)
    return True


def reviewed(task: Task, port: str) -> None:
    """What follows when a review ended, in the same transaction: the operation begins, or gives up what it kept."""
    is_continued = port == "continued"
    tell(task, "continued" if is_continued else "cancelled")
    if task.type == Task.Type.REVIEW:
        return
    if is_continued:
        begin(task)
        return
    reservations.give_back(task)
    task.jobs.update(state=TaskJob.State.SKIPPED, changed_at=task.changed_at)


def finish(task: Task, state: Task.State, error: JsonObject | None = None) -> bool:
    """End an operation that is at work, in the transaction at hand; whether it was not over before."""
    now = datetime.now(UTC)
    values: dict[str, Any] = {"state": state, "changed_at": now, "error": error}
    if not acting(task).update(**values):
        return False
    task.state, task.changed_at, task.error = state, now, error
    if state != Task.State.FINISHED_SUCCESSFULLY:
        reservations.give_back(task)
        open_jobs = task.jobs.filter(state__in=[TaskJob.State.PENDING, TaskJob.State.STARTED])
        open_jobs.filter(state=TaskJob.State.STARTED).update(state=TaskJob.State.FAILED, changed_at=now)
        open_jobs.filter(state=TaskJob.State.PENDING).update(state=TaskJob.State.SKIPPED, changed_at=now)
    tell(task, "finished")
    tell_on_commit(task)
    return True


def plain_error(error: JsonObject | None) -> JsonObject:
    """Code, sentence and hint of a failure."""
    return {name: (error or {}).get(name, "") for name in ("code", "message", "hint")}
