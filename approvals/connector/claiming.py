"""Which delivery is tried next, and what becomes of it: small guarded writes that any number of workers may make."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet

from approvals.connector.outcome import Outcome
from approvals.models import Delivery, DeliveryTry, Task
from approvals.original.dto.errors import ENDPOINT_FAILED

WAITS: Final = tuple(
    timedelta(seconds=seconds) for seconds in (10, 30, 120, 600, 1800, 3600, 14_400, 14_400, 43_200, 86_400)
)
"""How long until the next try, by the number of tries that failed; after the last one it is given up."""
GRACE: Final = timedelta(seconds=30)
"""What a try may take beside its two time limits, before another worker takes it for lost."""


CUT_OFF: Final = {
    "code": ENDPOINT_FAILED,
    "message": "The worker ended before there was an answer.",
    "hint": "It was tried again.",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this worker tries now. `until` marks it: who comes later has another one."""

    delivery: Delivery
    number: int
    until: datetime


def due(most: int) -> list[Delivery]:
    """Deliveries whose time has come, the longest overdue first."""
    return list(due_by(datetime.now(UTC)).order_by("due_at")[:most])


def due_by(now: datetime) -> QuerySet[Delivery]:
    """Deliveries whose time has come by then."""
    return Delivery.objects.filter(due_at__lte=now)


def claim(delivery: Delivery, limit: timedelta, url: str) -> Claim | None:
    """Take it for one try; None when another worker was faster, or what it tells of was decided meanwhile."""
    now = datetime.now(UTC)
    until = now + limit + GRACE
    with transaction.atomic():
        waits = delivery.tasks.filter(state=Task.State.QUEUEING).exists()
        mine = Delivery.objects.filter(pk=delivery.pk, due_at=delivery.due_at)
        if not waits and not delivery.is_test:
            mine.update(due_at=None, state=Delivery.State.OVERTAKEN)
            return None
        if not mine.update(due_at=until, tries=F("tries") + 1):
            return None
        delivery.attempts.filter(ms=None).update(ms=0, error=CUT_OFF)
        number = delivery.attempts.count() + 1
        DeliveryTry.objects.create(delivery=delivery, number=number, at=now, url=url)
    delivery.due_at, delivery.tries = until, delivery.tries + 1
    return Claim(delivery, number, until)


def settle(held: Claim, outcome: Outcome) -> bool:
    """Keep how the try went; whether the delivery is still this worker's, so that it tells the rest."""
    now = datetime.now(UTC)
    delivery = held.delivery
    DeliveryTry.objects.filter(delivery=delivery, number=held.number).update(
        status=outcome.status, ms=outcome.ms, error=outcome.error
    )
    state, due_at = _next(delivery, outcome, now)
    won = Delivery.objects.filter(pk=delivery.pk, due_at=held.until).update(
        state=state, due_at=due_at, is_unreachable=outcome.is_unreachable
    )
    if won and outcome.is_good:
        # Somebody is there again: those who met nobody need not wait for their turn.
        Delivery.objects.filter(state=Delivery.State.WAITING, is_unreachable=True, due_at__gt=now).update(
            due_at=now, is_unreachable=False
        )
    delivery.state = state
    return bool(won)


def _next(delivery: Delivery, outcome: Outcome, now: datetime) -> tuple[str, datetime | None]:
    if outcome.is_good:
        return Delivery.State.DELIVERED, None
    if delivery.tries > len(WAITS) or delivery.is_test:
        return Delivery.State.FAILED, None
    wait = max(WAITS[delivery.tries - 1], timedelta(seconds=outcome.retry_after))
    return Delivery.State.WAITING, now + wait
