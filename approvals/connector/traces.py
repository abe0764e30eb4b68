"""The events that tell of deliveries, in the original's names: `VIRTUAL_MACHINE_WORKFLOW_DEPLOY_SEND` and its like."""

from collections.abc import Sequence

from approvals.connector.outcome import Outcome
from approvals.models import Delivery, Task
from approvals.services.task_events import tell_delivery


def trace(delivery: Delivery, tasks: Sequence[Task], outcome: Outcome) -> None:
    """Tell when a delivery arrived, when it failed first, and when it is given up; once for each tenant of it."""
    if not outcome.is_good and delivery.tries > 1 and delivery.state != Delivery.State.FAILED:
        return
    problem = outcome.error and {name: outcome.error[name] for name in ("code", "message", "hint")}
    for task in {task.tenant_id: task for task in reversed(tasks)}.values():
        tell_delivery(task, is_batch=delivery.is_batch, problem=problem)
