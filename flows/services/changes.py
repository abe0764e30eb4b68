"""What changed in a run since a place in its line of changes: the one reading that pages, API and sockets share."""

from typing import Any
from uuid import UUID

from django.db.models import Max

from flows.models import LogLine, Run, Step
from flows.sdk import JsonObject

MOST_LOG_LINES = 1_000
LEVEL_NAMES = {level.value: level.name.lower() for level in LogLine.Level}


def step_json(step: Step) -> JsonObject:
    """A step as watchers see it: states and times, no payloads."""
    return {
        "seq": step.seq,
        "node": step.node_id,
        "status": step.status,
        "attempt": step.attempt,
        "port": step.port,
        "started_at": _text(step.started_at),
        "finished_at": _text(step.finished_at),
        "error": step.error,
    }


def log_json(line: LogLine) -> JsonObject:
    """A log line as watchers see it."""
    return {
        "seq": line.seq,
        "at": _text(line.at),
        "level": LEVEL_NAMES.get(line.level, "info"),
        "node": line.node_id,
        "text": line.text,
    }


def run_json(run: Run) -> JsonObject:
    """A run as watchers see it."""
    return {
        "id": str(run.id),
        "flow": str(run.flow_id),
        "subject": run.subject,
        "status": run.status,
        "error": run.error,
        "created_at": _text(run.created_at),
        "started_at": _text(run.started_at),
        "finished_at": _text(run.finished_at),
        "due_at": _text(run.due_at),
        "wait_reason": run.wait_reason,
    }


def changes_since(run_id: UUID, after: int) -> JsonObject | None:
    """The run, and the steps and log lines behind `after`; None when the run is gone.

    `cursor` is the place to ask from next time. When there are more lines than one answer holds, `more` is true.
    """
    run = Run.objects.filter(id=run_id).first()
    if run is None:
        return None
    last = _last_place(run_id)
    lines = LogLine.objects.filter(run_id=run_id, seq__gt=after, seq__lte=last)
    logs = list(lines.order_by("seq")[:MOST_LOG_LINES])
    more = len(logs) == MOST_LOG_LINES
    steps_query = Step.objects.filter(run_id=run_id, seq__gt=after, seq__lte=last).defer("output")
    if more:
        steps_query = steps_query.filter(seq__lte=logs[-1].seq)
    steps = list(steps_query.order_by("seq"))
    cursor = max([after, *(step.seq for step in steps), *(line.seq for line in logs)])
    return {
        "cursor": cursor,
        "more": more,
        "run": run_json(run),
        "steps": [step_json(step) for step in steps],
        "logs": [log_json(line) for line in logs],
    }


def _last_place(run_id: UUID) -> int:
    """The end of the run's line of changes. Nothing behind it is told this time: what a commit adds between the
    reading of lines and of steps would otherwise be told by half, and the other half never."""
    steps = Step.objects.filter(run_id=run_id).aggregate(last=Max("seq"))["last"]
    lines = LogLine.objects.filter(run_id=run_id).aggregate(last=Max("seq"))["last"]
    return max(steps or 0, lines or 0)


def runs_of_flow(flow_id: UUID, *, limit: int = 20) -> list[JsonObject]:
    """The newest runs of a flow."""
    return [run_json(run) for run in Run.objects.filter(flow_id=flow_id).order_by("-id")[:limit]]


def _text(value: Any) -> str | None:
    return None if value is None else value.isoformat().replace("+00:00", "Z")
