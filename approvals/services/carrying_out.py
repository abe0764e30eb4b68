"""Carrying operations out: each is one run of a flow that the program draws, with a step for each job.

So what survives crashes, retries and waits for Proxmox is the engine, and there is no second one.
"""

from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from approvals.models import Task, TaskJob
from approvals.services import making, reservations
from approvals.services.operations import MOST_JOBS
from approvals.services.task_events import tell
from approvals.services.telling import tell_on_commit
from flows.engine.states import FINAL_RUN_STATUSES
from flows.models import Run
from flows.sdk import JsonObject
from flows.services.events import emit_event
from flows.services.managed import managed_flow
from flows.services.starting import MANUAL_START
from flows.store.new_events import NewEvent

SOURCE: Final = "approvals"
FLOW: Final = "Operations on servers"
RETRY: Final = {"attempts": 5, "first": "5s", "factor": 3, "cap": "2m"}
MOST_AT_ONCE: Final = 200
AT_WORK: Final = (Task.State.PENDING, Task.State.STARTED)


def begin(task: Task) -> None:
    """Queue the run that carries the operation out, in the transaction that made the task `PENDING`."""
    accepted = emit_event(
        NewEvent(
            type=MANUAL_START,
            payload={"task": str(task.id)},
            tenant_id=task.tenant_id,
            source=SOURCE,
            dedup_key=f"task:{task.id}",
            flow_id=managed_flow(making.owner_of(task.server), _drawing()).id,
        )
    )
    if not accepted.runs:
        error = {"code": "not_started", "message": "The operation could not be started.", "hint": ""}
        finish(task, Task.State.FINISHED_UNSUCCESSFULLY, error)
        return
    task.execution_id = accepted.runs[0]
    Task.objects.filter(id=task.id).update(execution_id=task.execution_id)


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
    if not Task.objects.filter(id=task.id, state__in=AT_WORK).update(**values):
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


def at_work() -> QuerySet[Task]:
    """Operations whose run was started and has not said that it is over."""
    return Task.objects.filter(state__in=AT_WORK).exclude(execution_id=None)


def settle() -> None:
    """End the operations whose run ended without saying so: it was cancelled, or failed where nothing catches it."""
    ids = dict(at_work().values_list("execution_id", "id")[:MOST_AT_ONCE])
    for run in Run.objects.filter(id__in=list(ids), status__in=FINAL_RUN_STATUSES):
        with transaction.atomic():
            task = Task.objects.select_for_update(of=("self",)).get(id=ids[run.id])
            is_cancelled = run.status == Run.Status.CANCELLED
            state = Task.State.ABORTED if is_cancelled else Task.State.FINISHED_UNSUCCESSFULLY
            finish(task, state, plain_error(run.error))


def plain_error(error: JsonObject | None) -> JsonObject:
    """Code, sentence and hint of a failure."""
    return {name: (error or {}).get(name, "") for name in ("code", "message", "hint")}


def _drawing() -> JsonObject:
    """The jobs in a row, and the end behind each: done, or taken back where a job failed."""
    nodes = [_node("start", "manual", "Start", 0, 0, {})]
    edges = [{"from": "start", "port": "out", "to": "job-1"}]
    for place in range(1, MOST_JOBS + 1):
        nodes.append(_node(f"job-{place}", "task-job", f"Job {place}", place, 0, {"position": place}))
        nodes.append(_node(f"back-{place}", "task-end", "Take back", place, 1, {"is_failed": True}))
        following = f"job-{place + 1}" if place < MOST_JOBS else "end"
        edges.append({"from": f"job-{place}", "port": "out", "to": following})
        edges.append({"from": f"job-{place}", "port": "error", "to": f"back-{place}"})
    nodes.append(_node("end", "task-end", "End", MOST_JOBS + 1, 0, {"is_failed": False}))
    return {
        "format": "hookflow/flow",
        "version": 1,
        "name": FLOW,
        "description": "Carries out what was asked for a server. Made by the program.",
        "settings": {},
        "nodes": nodes,
        "edges": edges,
    }


def _node(node_id: str, node_type: str, name: str, column: int, row: int, config: JsonObject) -> JsonObject:
    return {
        "id": node_id,
        "type": node_type,
        "name": name,
        "config": config,
        "settings": {} if node_type == "manual" else {"retry": dict(RETRY)},
        "position": {"x": 260 * column, "y": 140 * row},
    }
