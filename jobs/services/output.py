"""What a command wrote: lines as they came, from the run's log, and the texts that its step kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.models import LogLine, Step
from jobs.models import JobRun

COMMAND_NODE = "command"
"""The step that runs the command, in the flow underneath."""
STREAMS = {LogLine.Level.STDOUT.value: "stdout", LogLine.Level.STDERR.value: "stderr"}


@dataclass(frozen=True, slots=True)
class OutputLine:
    """One line; `seq` rises, with gaps."""

    seq: int
    stream: str
    at: datetime
    text: str


def output_lines(job_run: JobRun, *, after: int = 0, limit: int = 1_000) -> list[OutputLine]:
    """The lines after `seq`, as far as they are there: also while the command is at work."""
    if job_run.run_id is None:
        return []
    rows = LogLine.objects.filter(run_id=job_run.run_id, seq__gt=after, level__in=STREAMS).order_by("seq")
    return [OutputLine(row.seq, STREAMS[row.level], row.at, row.text) for row in rows[:limit]]


def outcome_of(job_run: JobRun) -> dict[str, Any]:
    """What the command's step left when it ended: `stdout`, `stderr`, `exit_code` …; empty before."""
    if job_run.run_id is None:
        return {}
    step = Step.objects.filter(run_id=job_run.run_id, node_id=COMMAND_NODE).order_by("-attempt").first()
    output: dict[str, Any] = (step.output or {}) if step else {}
    return output
