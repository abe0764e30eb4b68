"""What was told to the connector, for people; and telling it once more."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import visible
from approvals.connector.held import try_out
from approvals.models import Delivery, Task
from approvals.services.settings import need_platform, workflow_settings
from common.problems import conflict, not_found


def deliveries(actor: Actor) -> QuerySet[Delivery]:
    """The deliveries in reach with their tries and tasks, newest first.

    Raises:
        Problem: 403.
    """
    actor.need(Permission.manage_workflow, Permission.workflow_override)
    return visible(Delivery, actor).prefetch_related("attempts", "tasks__server")


def deliveries_of(actor: Actor, task: Task) -> QuerySet[Delivery]:
    """Those that tell of a task; the caller has seen that the actor may see it."""
    return visible(Delivery, actor).filter(tasks=task).prefetch_related("attempts")


def delivery_of(actor: Actor, delivery_id: UUID) -> Delivery:
    """One of them.

    Raises:
        Problem: 403; 404 `not_found`.
    """
    found = deliveries(actor).filter(pk=delivery_id).first()
    if found is None:
        raise not_found("There is no such delivery.")
    return found


def redeliver(actor: Actor, delivery_id: UUID) -> Delivery:
    """Tell the connector again, as soon as a worker looks.

    Raises:
        Problem: 403; 404 `not_found`; 409 `decided_already`, `under_way`.
    """
    delivery = delivery_of(actor, delivery_id)
    now = datetime.now(UTC)
    with transaction.atomic():
        waits = delivery.tasks.filter(state=Task.State.QUEUEING).exists()
        if not waits and not delivery.is_test:
            raise conflict("decided_already", "Nothing of it waits for review any more.")
        over = Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.WAITING)
        early = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING, tries__gt=0)
        again = {"state": Delivery.State.WAITING, "due_at": now, "tries": 0}
        is_between = not delivery.attempts.filter(ms=None, error=None).exists()
        if not over.update(**again) and not (is_between and early.update(**again)):
            raise conflict("under_way", "It is on its way.", hint="Look again in a minute.")
        audit.record(actor, "redelivered", "delivery", str(delivery.pk), tenant_id=delivery.tenant_id)
    return delivery


def send_test(actor: Actor) -> Delivery:
    """Send a made-up task to the endpoint.

    Raises:
        Problem: 403; 409 `no_endpoint`.
    """
    need_platform(actor)
    if not workflow_settings().endpoint:
        raise conflict("no_endpoint", "There is no workflow endpoint.", hint="Save one first.")
    with transaction.atomic():
        delivery = try_out()
        audit.record(actor, "tested", "workflow_settings", "1", tenant_id=None)
    return delivery
