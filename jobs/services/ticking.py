"""Ticks of the schedules of jobs: each exactly once, however many processes look."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from flows.services.schedules import LATE_SECONDS, last_fire
from flows.services.sweeping import alone
from jobs.models import Job, JobRun
from jobs.services.launching import Launch, enqueue
from jobs.services.timing import SCHEDULE_TYPES, cron_of, next_tick


def tick_due(now: datetime | None = None, *, limit: int = 100) -> int:
    """Put in line what is due; how many runs that made."""
    moment = now or datetime.now(UTC)
    found = list(due_ticks(moment).order_by("next_at").values_list("id", flat=True)[:limit])
    return sum(_tick_or_log(job_id, moment) for job_id in found)


def due_ticks(now: datetime) -> QuerySet[Job]:
    """Jobs whose next tick has come by then."""
    return Job.objects.filter(next_at__lte=now, is_enabled=True, deleted_at=None)


def _tick_or_log(job_id: UUID, now: datetime) -> bool:
    with alone("job_tick_failed", job=str(job_id)):
        return _tick(job_id, now)
    return False


def _tick(job_id: UUID, now: datetime) -> bool:
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(of=("self",))
            .select_related("tenant", "command", "flow")
            .get(id=job_id)
        )
        if job.next_at is None or job.next_at > now or not job.is_enabled or job.deleted_at is not None:
            return False
        tick = last_fire(cron_of(job), job.zone, job.next_at, now)
        job.next_at = next_tick(job, max(tick, now))
        is_missed = now - tick > timedelta(seconds=LATE_SECONDS)
        key = f"tick:{tick.isoformat()}"
        fires = not (is_missed and not job.allow_late) and not _waits(job) and not _fired(job, key)
        if fires:
            job.last_at = tick
        job.save(update_fields=["next_at", "last_at"])
        if fires:
            how = Launch(
                key=key,
                at=tick + timedelta(seconds=job.delay_seconds),
                schedule_type=SCHEDULE_TYPES[Job.Interval(job.interval)],
                reason="Its schedule",
            )
            enqueue(job, Actor.system(job.tenant_id), how, {})
        return fires


def _waits(job: Job) -> bool:
    """Whether a run of an earlier tick still waits for its turn: another one behind it would do nothing more."""
    waiting = JobRun.objects.filter(job=job, state=JobRun.State.WAITING, key__startswith="tick:")
    return not job.allow_overlap and waiting.exists()


def _fired(job: Job, key: str) -> bool:
    """The clock was set back since."""
    return JobRun.objects.filter(job=job, key=key).exists()
