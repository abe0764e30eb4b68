"""How pages show the state of a run or a step, and how long it took."""

from typing import Any

from django import template

register = template.Library()

STATUS_LOOKS = {
    "queued": ("Queued", "azure", "clock"),
    "running": ("Running", "blue", "player-play"),
    "waiting": ("Waiting", "yellow", "hourglass"),
    "retrying": ("Retrying", "orange", "refresh"),
    "succeeded": ("Succeeded", "green", "check"),
    "failed": ("Failed", "red", "x"),
    "cancelled": ("Cancelled", "secondary", "ban"),
    "interrupted": ("Interrupted", "orange", "alert-triangle"),
    "skipped": ("Skipped", "secondary", "arrow-right"),
}
UNKNOWN_LOOK = ("Unknown", "secondary", "info-circle")


@register.inclusion_tag("flows/parts/status_badge.html")
def status_badge(status: str) -> dict[str, str]:
    """A run's or step's status as a coloured word with a dot."""
    label, colour, icon_name = STATUS_LOOKS.get(status, UNKNOWN_LOOK)
    return {"status": status, "label": label, "colour": colour, "icon": icon_name}


@register.filter
def status_label(status: str) -> str:
    """A status in words."""
    return STATUS_LOOKS.get(status, UNKNOWN_LOOK)[0]


@register.filter
def run_duration(run: Any) -> float | None:
    """Milliseconds from a run's or step's start to its end; None while one of them is missing."""
    if run.started_at is None or run.finished_at is None:
        return None
    return float((run.finished_at - run.started_at).total_seconds() * 1_000)


@register.filter
def job_run_duration(job_run: Any) -> float | None:
    """Milliseconds from the begin of a job run to its end; None while one of them is missing."""
    if job_run.begun_at is None or job_run.ended_at is None:
        return None
    return float((job_run.ended_at - job_run.begun_at).total_seconds() * 1_000)


@register.filter
def queue_duration(run: Any) -> float | None:
    """Milliseconds that a run lay in the queue; None while it lies there."""
    if run.started_at is None:
        return None
    return float((run.started_at - run.created_at).total_seconds() * 1_000)
