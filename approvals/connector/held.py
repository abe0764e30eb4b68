"""Writing down, in the transaction that holds tasks, that the connector is to be told of them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from approvals.models import Delivery, Task
from approvals.services.settings import workflow_settings


def told_held(tasks: Sequence[Task]) -> Delivery | None:
    """Have a worker tell the connector: one task, or those of one request together.

    Called in the caller's transaction, so that no held task is forgotten and none is told that was not held. Without
    an endpoint there is nobody to tell: people review the tasks by hand.
    """
    if not tasks or not workflow_settings().endpoint:
        return None
    now = datetime.now(UTC)
    tenants = {task.tenant_id for task in tasks}
    delivery = Delivery.objects.create(
        tenant_id=tenants.pop() if len(tenants) == 1 else None,
        is_batch=len(tasks) > 1,
        created_at=now,
        due_at=now,
    )
    delivery.tasks.add(*tasks)
    return delivery


def try_out() -> Delivery:
    """Have a worker send a made-up task, so that one sees whether the connector is there."""
    now = datetime.now(UTC)
    return Delivery.objects.create(is_test=True, created_at=now, due_at=now)
