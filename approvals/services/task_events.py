"""What happens to tasks, as events: under our names, and under those of the Workflow feature's own traces."""

from typing import Final

from accounts.actors import Actor
from accounts.models import Tenant
from approvals.models import Task
from flows.sdk import JsonObject
from flows.services.events import emit

TRACED: Final = {"continued": "CONTINUE", "cancelled": "CANCEL"}
"""The events that the Workflow feature traces for operations, and how it calls them."""


def tell(task: Task, event: str) -> None:
    """Tell in the transaction at hand that a task was `held`, `continued`, `cancelled`, `started` or `finished`."""
    payload = payload_of(task)
    emit(f"task.{event}", payload, tenant_id=task.tenant_id)
    word = TRACED.get(event)
    if word is not None and task.type != Task.Type.REVIEW:
        emit(f"TASK_{task.type}_{word}", payload, tenant_id=task.tenant_id)


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
