"""What happens to tasks, in the audit trail."""

from typing import Any

from accounts import audit
from accounts.actors import Actor
from approvals.models import Task


def write_down(
    actor: Actor, task: Task, verb: str, *, message: str = "", way: str = "", **changes: Any
) -> None:
    """Write an entry with the hash of what the task shows; changes that say nothing are left out."""
    audit.record(
        actor,
        verb,
        "task",
        str(task.id),
        tenant_id=task.tenant_id,
        changes={name: value for name, value in changes.items() if value is not None},
        message=message,
        content_hash=task.content_hash,
        way=way,
    )
