"""Tasks that wait for somebody who can no longer decide: they are looked at again at once."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.signals import reach_changed
from approvals.models import Asked, Task
from approvals.services.reviewers import may_review


def on_reach_changed(sender: Any, *, users: QuerySet[User], is_gone: bool, **kwargs: Any) -> None:
    """Make due what waits for these users where they may not decide any more, in the transaction of the change.

    However many tasks that are: the workers' sweepers, which look each second, evaluate their policies.
    """
    waiting = Asked.objects.filter(user__in=users, task__state=Task.State.QUEUEING)
    now = datetime.now(UTC)
    for tenant_id in set(waiting.order_by().values_list("task__tenant_id", flat=True).distinct()):
        of_tenant = waiting.filter(task__tenant_id=tenant_id)
        left = of_tenant if is_gone else of_tenant.exclude(user__in=may_review(tenant_id))
        Task.objects.filter(state=Task.State.QUEUEING, pk__in=left.values("task_id")).update(due_at=now)


def connect() -> None:
    """Listen; connecting twice is the same as once."""
    reach_changed.connect(on_reach_changed, dispatch_uid="approvals.leaving")
