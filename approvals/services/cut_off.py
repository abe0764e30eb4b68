"""Operations whose run ended without saying so: it was cancelled, or failed where nothing catches it.

What their jobs did is taken back by a run of another flow, and the operation is over once that is.
"""

from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from approvals.models import Task, TaskJob
from approvals.services import drawings
from approvals.services.acting import AT_WORK
from approvals.services.carrying_out import finish, plain_error, start
from flows.engine.states import FINAL_RUN_STATUSES
from flows.models import Run
from flows.sdk import JsonObject
from flows.services import sweeping
from flows.services.managed import managed_flow

ENDING: Final = "ending"
"""Where a task's request tells how it ends when all is taken back: `{"state", "error"}`."""
MOST_AT_ONCE: Final = 200


def connect() -> None:
    """Have the workers' sweepers look for them."""
    sweeping.every_second("operations", settle, lambda _: [at_work()])


def at_work() -> QuerySet[Task]:
    """Operations whose run was started and has not said that it is over."""
    return Task.objects.filter(state__in=AT_WORK).exclude(execution_id=None)


def settle() -> None:
    """Have what was cut off taken back, or ended where there is nothing to take back."""
    ids = dict(at_work().values_list("execution_id", "id")[:MOST_AT_ONCE])
    runs = Run.objects.filter(id__in=list(ids), status__in=FINAL_RUN_STATUSES)
    for run in runs.select_related("flow"):
        with transaction.atomic():
            rows = Task.objects.select_for_update(of=("self",)).select_related("server")
            # Looked up again: another process may have seen to it while we waited for the row.
            task = rows.filter(id=ids[run.id], execution_id=run.id, state__in=AT_WORK).first()
            if task is not None:
                _settle(task, run)


def ending_of(task: Task) -> tuple[Task.State, JsonObject] | None:
    """How an operation ends whose run was cut off; None for all others."""
    found = task.request.get(ENDING)
    return (Task.State(found["state"]), found["error"]) if found is not None else None


def _settle(task: Task, run: Run) -> None:
    is_cancelled = run.status == Run.Status.CANCELLED
    state = Task.State.ABORTED if is_cancelled else Task.State.FINISHED_UNSUCCESSFULLY
    ending = ending_of(task) or (state, plain_error(run.error))
    if ending_of(task) is None and _is_half_done(task):
        task.request[ENDING] = {"state": ending[0].value, "error": ending[1]}
        task.save(update_fields=["request"])
        # The owner of the run that was cut off: it reached the machine.
        flow = managed_flow(run.flow.tenant_id, drawings.taking_back())
        if start(task, flow, f"task:{task.id}:back"):
            return
    finish(task, *ending)


def _is_half_done(task: Task) -> bool:
    """Whether a job was begun, and not all are done."""
    states = set(task.jobs.values_list("state", flat=True))
    return states not in ({TaskJob.State.PENDING.value}, {TaskJob.State.DONE.value})
