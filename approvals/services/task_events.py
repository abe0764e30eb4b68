"""What happens to tasks, as events: under our names, and under those of the Workflow feature's own traces."""

from typing import Final

from accounts.actors import Actor
from accounts.models import Tenant
from approvals.models import Task
from flows.engine.life_cycle import Execution
from flows.sdk import JsonObject, LifeCycle
from flows.services.causes import current_cause
from flows.services.events import emit
from flows.services.life_cycle import Happened
from flows.services.life_cycle import tell as tell_life

TRACED: Final = {"continued": "CONTINUE", "cancelled": "CANCEL"}
"""The events that the Workflow feature traces for operations, and how it calls them."""
LIFE: Final = {
    Task.State.QUEUEING: LifeCycle.QUEUED,
    Task.State.PENDING: LifeCycle.QUEUED,
    Task.State.STARTED: LifeCycle.STARTED,
    Task.State.FINISHED_SUCCESSFULLY: LifeCycle.SUCCEEDED,
    Task.State.FINISHED_UNSUCCESSFULLY: LifeCycle.FAILED,
    Task.State.ABORTED: LifeCycle.CANCELLED,
    Task.State.CANCELLED: LifeCycle.CANCELLED,
}
"""Where a task stands, in the words of executions. One that was held and goes on is queued still."""


def tell(task: Task, event: str) -> None:
    """Tell in the transaction at hand that a task was `held`, `continued`, `cancelled`, `started` or `finished`."""
    payload = payload_of(task)
    emit(f"task.{event}", payload, tenant_id=task.tenant_id)
    word = TRACED.get(event)
    if word is not None and task.type != Task.Type.REVIEW:
        emit(f"TASK_{task.type}_{word}", payload, tenant_id=task.tenant_id)
    tell_state(task)


def tell_state(task: Task) -> None:
    """Tell in the transaction at hand, as a life-cycle event, where a task stands now; told twice, it counts once."""
    event = LIFE.get(Task.State(task.state))
    if event is None:
        return
    cause = current_cause()
    tell_life(
        [
            Happened(
                event,
                task.tenant_id,
                task.changed_at,
                lambda: _execution(task),
                error=str((task.error or {}).get("message", "")),
                cause_run_id=cause.run_id if cause else None,
                depth=cause.depth + 1 if cause else 0,
                step_of=task.run_id,
            )
        ]
    )


def _execution(task: Task) -> Execution:
    is_review = task.type == Task.Type.REVIEW
    return Execution(
        kind="task",
        id=str(task.id),
        name=task.type.lower(),
        blueprint=task.policy_name or None,
        deployment=None if task.server_id is None else str(task.server_id),
        tenant_name=task.tenant.name if task.tenant else "",
        parameters=dict(task.shown) if is_review else dict(task.request),
    )


def tell_delivery(task: Task, *, is_batch: bool = False, problem: JsonObject | None = None) -> None:
    """Tell in the transaction at hand that a held task, or the batch that it is of, went to the connector.

    Args:
        problem: `{"code", "message"}` of why it did not arrive.
    """
    name = (
        f"VIRTUAL_APPLIANCE_WORKFLOW_{task.type}_BATCH"
        if is_batch
        else f"VIRTUAL_MACHINE_WORKFLOW_{task.type}_SEND"
    )
    emit(name, {**payload_of(task), "error": problem}, tenant_id=task.tenant_id)


def tell_workflow(tenant: Tenant, actor: Actor, *, is_enabled: bool) -> None:
    """Tell in the transaction at hand that operations of a tenant are held from now on, or no longer."""
    word = "ENABLE" if is_enabled else "DISABLE"
    payload: JsonObject = {"enterpriseId": tenant.pk, "name": tenant.name, "workflow": is_enabled}
    emit(f"ENTERPRISE_{word}_WORKFLOW", {**payload, "userName": actor.name}, tenant_id=tenant.pk)


def payload_of(task: Task) -> JsonObject:
    """A task as its events tell it."""
    server = task.server
    return {
        "taskId": str(task.id),
        "type": task.type,
        "state": task.state,
        "title": task.title,
        "userId": task.requester_id,
        "userName": task.requester_name,
        "ownerId": task.server_id,
        "hostname": server.hostname if server else None,
        "enterpriseId": task.tenant_id,
        "creationTimestamp": int(task.created_at.timestamp()),
        "timestamp": int(task.changed_at.timestamp()),
        "decidedBy": task.decided_by or None,
        "message": task.extra_data.get("workflow"),
        "runId": str(task.run_id or task.execution_id or "") or None,
        "error": task.error,
    }
