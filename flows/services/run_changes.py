"""What changed in a run since a place in its line of changes: the one reading that pages, API and sockets share."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max

from flows.models import LogLine, Run, Step

MOST_LOG_LINES = 1_000


@dataclass(frozen=True, slots=True)
class Changes:
    """A run with the steps and log lines behind a place.

    Args:
        cursor: the place to ask from next time.
        more: whether there are more lines than one answer holds.
    """

    cursor: int
    more: bool
    run: Run
    steps: list[Step]
    logs: list[LogLine]


def changes_since(run_id: UUID, after: int) -> Changes | None:
    """The run, and the steps and log lines behind `after`; None when the run is gone."""
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
    return Changes(cursor, more, run, steps, logs)


def _last_place(run_id: UUID) -> int:
    """The end of the run's line of changes. Nothing behind it is told this time: what a commit adds between the
    reading of lines and of steps would otherwise be told by half, and the other half never."""
    steps = Step.objects.filter(run_id=run_id).aggregate(last=Max("seq"))["last"]
    lines = LogLine.objects.filter(run_id=run_id).aggregate(last=Max("seq"))["last"]
    return max(steps or 0, lines or 0)


def runs_of_flow(flow_id: UUID, *, limit: int = 20) -> list[Run]:
    """The newest runs of a flow."""
    return list(Run.objects.filter(flow_id=flow_id).order_by("-id")[:limit])
