"""Ticks of schedules: each exactly once, however many processes look."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from cronsim import CronSim
from django.db import transaction

from flows.models import QueueEntry, Trigger
from flows.services.events import emit_event
from flows.store.intake import NewEvent

LATE_SECONDS = 60.0
"""A tick that is later than this was missed, and the schedule's `catch_up` decides."""

TICK = "schedule.tick"


def next_fire(cron: str, zone: str, after: datetime) -> datetime:
    """The first tick after a moment, in UTC.

    Fixed times: in the gap of a clock change once right after it, in the overlap once, the first. Lines with `*` in
    the hour follow real time. (Debian cron's rules, as `cronsim` keeps them.)
    """
    found = next(CronSim(cron, after.astimezone(ZoneInfo(zone))))
    return found.astimezone(UTC)


def fire_due(now: datetime | None = None, *, limit: int = 100) -> int:
    """Start what is due; returns how many ticks fired. Any number of processes may call it at the same time."""
    moment = now or datetime.now(UTC)
    due = Trigger.objects.filter(
        kind=Trigger.Kind.SCHEDULE,
        next_fire_at__lte=moment,
        flow__is_enabled=True,
        flow__deleted_at=None,
    ).values_list("flow_id", flat=True)[:limit]
    return sum(_fire(flow_id, moment) for flow_id in list(due))


def _fire(flow_id: UUID, now: datetime) -> bool:
    with transaction.atomic():
        trigger = (
            Trigger.objects.select_for_update(of=("self",))
            .select_related("flow")
            .filter(flow_id=flow_id)
            .first()
        )
        if trigger is None or trigger.next_fire_at is None or trigger.next_fire_at > now:
            return False
        tick, following = _tick(trigger, now)
        trigger.next_fire_at = following
        trigger.save(update_fields=["next_fire_at"])
        if tick is None or _overlaps(trigger):
            return False
        emit_event(_event(trigger, tick, now))
        return True


def _tick(trigger: Trigger, now: datetime) -> tuple[datetime | None, datetime]:
    """The tick to fire now, if any, and the next one after the present."""
    spec, due = trigger.spec, trigger.next_fire_at
    if due is None:
        raise ValueError("The trigger has no next tick.")
    last = due
    following = next_fire(spec["cron"], spec["zone"], due)
    steps = 0
    while following <= now and steps < 10_000:
        last, following = following, next_fire(spec["cron"], spec["zone"], following)
        steps += 1
    if following <= now:
        following = next_fire(spec["cron"], spec["zone"], now)
    if now - last <= timedelta(seconds=LATE_SECONDS):
        return last, following
    return (last if spec.get("catch_up") == "one" else None), following


def _overlaps(trigger: Trigger) -> bool:
    return (
        trigger.spec.get("overlap") == "skip" and QueueEntry.objects.filter(flow_id=trigger.flow_id).exists()
    )


def _event(trigger: Trigger, tick: datetime, now: datetime) -> NewEvent:
    return NewEvent(
        type=TICK,
        payload={
            "scheduled_at": tick.isoformat().replace("+00:00", "Z"),
            "zone": trigger.spec["zone"],
            "late_seconds": round((now - tick).total_seconds(), 3),
        },
        tenant_id=trigger.flow.tenant_id,
        source="schedule",
        dedup_key=f"{trigger.flow_id}:{tick.isoformat()}",
        flow_id=trigger.flow_id,
    )
