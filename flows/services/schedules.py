"""Ticks of schedules: each exactly once, however many processes look."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from cronsim import CronSim
from django.db import transaction
from django.db.models import QuerySet

from flows.models import Flow, QueueEntry, Trigger
from flows.sdk import TriggerKind
from flows.services.events import KeyUsed, emit_event
from flows.services.sweeping import alone
from flows.store.new_events import NewEvent

LATE_SECONDS = 60.0
"""A tick that is later than this was missed, and the schedule's `catch_up` decides."""

TICK = "schedule.tick"
LOOK_BACK = tuple(timedelta(days=days) for days in (0.002, 0.1, 2, 62, 800, 15_000))


def next_fire(cron: str, zone: str, after: datetime) -> datetime:
    """The first tick after a moment, in UTC.

    Fixed times: in the gap of a clock change once right after it, in the overlap once, the first. Lines with `*` in
    the hour follow real time. (Debian cron's rules, as `cronsim` keeps them.)
    """
    # From within the second hour of an overlap, `cronsim` begins with the ticks of the first.
    ticks = (tick.astimezone(UTC) for tick in CronSim(cron, after.astimezone(ZoneInfo(zone))))
    return next(tick for tick in ticks if tick > after)


def fire_due(now: datetime | None = None, *, limit: int = 100) -> int:
    """Start what is due; returns how many ticks fired. Any number of processes may call it at the same time."""
    moment = now or datetime.now(UTC)
    found = list(due(moment).values_list("flow_id", flat=True)[:limit])
    return sum(_fire_or_log(flow_id, moment) for flow_id in found)


def due(now: datetime) -> QuerySet[Trigger]:
    """Triggers whose tick has come."""
    return Trigger.objects.filter(
        kind=TriggerKind.SCHEDULE, next_fire_at__lte=now, flow__is_enabled=True, flow__deleted_at=None
    )


def reschedule(flow: Flow, now: datetime | None = None) -> None:
    """The flow was switched on: ticks of the time when it was off are gone, unless its schedule catches up."""
    trigger = Trigger.objects.filter(flow=flow, kind=TriggerKind.SCHEDULE).first()
    if trigger is not None and trigger.spec.get("catch_up") != "one":
        trigger.next_fire_at = next_fire(trigger.spec["cron"], trigger.spec["zone"], now or datetime.now(UTC))
        trigger.save(update_fields=["next_fire_at"])


def _fire_or_log(flow_id: UUID, now: datetime) -> bool:
    with alone("tick_failed", flow=str(flow_id)):
        return _fire(flow_id, now)
    return False


def _fire(flow_id: UUID, now: datetime) -> bool:
    with transaction.atomic():
        trigger = (
            Trigger.objects.select_for_update(of=("self",))
            .select_related("flow")
            .filter(flow_id=flow_id, flow__is_enabled=True, flow__deleted_at=None)
            .first()
        )
        if trigger is None or trigger.next_fire_at is None or trigger.next_fire_at > now:
            return False
        tick, following = _tick(trigger, now)
        trigger.next_fire_at = following
        trigger.save(update_fields=["next_fire_at"])
        if tick is None or _overlaps(trigger):
            return False
        try:
            emit_event(_event(trigger, tick, now))
        except KeyUsed:
            # It fired before: the clock was set back since.
            return False
        return True


def _tick(trigger: Trigger, now: datetime) -> tuple[datetime | None, datetime]:
    """The tick to fire now, if any, and the next one after the present."""
    spec, due = trigger.spec, trigger.next_fire_at
    if due is None:
        raise ValueError("The trigger has no next tick.")
    last = last_fire(spec["cron"], spec["zone"], due, now)
    following = next_fire(spec["cron"], spec["zone"], max(last, now))
    if now - last <= timedelta(seconds=LATE_SECONDS):
        return last, following
    return (last if spec.get("catch_up") == "one" else None), following


def last_fire(cron: str, zone: str, due: datetime, now: datetime) -> datetime:
    """The last tick up to now, from the one that is due on: looked for near the present first, after a long pause."""
    start = due
    for back in LOOK_BACK:
        if now - back <= due:
            break
        found = next_fire(cron, zone, now - back)
        if found <= now:
            start = found
            break
    following = next_fire(cron, zone, start)
    while following <= now:
        start, following = following, next_fire(cron, zone, following)
    return start


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
