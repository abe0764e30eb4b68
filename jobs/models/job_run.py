"""Executions of jobs."""

from typing import Any, ClassVar, Final

from django.db import models

from common.crypto import Seal
from common.ids import new_id
from flows.models.fields import JsonText
from jobs.models.job import Job
from jobs.models.sealed import Sealed

PRIVATE: Final = ("environment", "input")
"""Of the overrides, what may be secret."""


class JobRun(Sealed):
    """One execution of a job: wanted for a time, then a run of a flow, then its outcome.

    Its lines of output are those of the run's log (`jobs.services.output`).
    """

    class State(models.TextChoices):
        """Where it stands; the last three are final."""

        WAITING = "waiting"
        RUNNING = "running"
        INTERRUPTED = "interrupted"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    FINAL: ClassVar[tuple[str, ...]] = (State.SUCCEEDED, State.FAILED, State.CANCELLED)
    OPEN: ClassVar[tuple[str, ...]] = (State.WAITING, State.RUNNING, State.INTERRUPTED)

    tenant_path: ClassVar[str | None] = "job__tenant_id"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="runs")
    # No constraint: runs are deleted in bulk, and the job runs with them.
    run = models.ForeignKey(
        "flows.Run", null=True, on_delete=models.CASCADE, related_name="job_runs", db_constraint=False
    )
    key = models.CharField(max_length=200, null=True)  # noqa: DJ001  # unique where it is given
    """Makes a second launch with the same key a no-op."""
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    scheduled_at = models.DateTimeField()
    """The time wanted."""
    schedule_type = models.CharField(max_length=20)
    """What put it there, in MultiFlexi's words: `adhoc`, `adhoc-web`, `daily`, `chained`, `reschedule`, `event` …"""
    deadline = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    launched_by = models.CharField(max_length=254, blank=True)
    launched_by_id = models.BigIntegerField(null=True)
    """The user's id; kept as a number, because the row outlives the user."""
    reason = models.CharField(max_length=300, blank=True)
    """Why, in one line for people."""
    plain_overrides = JsonText(default=dict)
    """Of the overrides, what everyone may see who sees the run."""
    cause_run_id = models.UUIDField(null=True)
    """The run whose step launched it."""
    depth = models.PositiveSmallIntegerField(default=0)
    is_test = models.BooleanField(default=False, db_default=False)
    """A test run launched it, so its flow is one, too."""
    attempt = models.PositiveSmallIntegerField(default=1)
    first = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="later_attempts")
    """The first attempt of several; null on the first."""

    stop_how = models.CharField(max_length=20, blank=True, db_default="")
    """How its command is ended: `graceful`, `graceful_then_forced`, `forced`; empty as for any cancelled run."""
    force_at = models.DateTimeField(null=True)

    command_line = models.TextField(blank=True)
    """What was run, redacted."""
    exit_code = models.IntegerField(null=True)
    pid = models.IntegerField(null=True)
    cpu_seconds = models.FloatField(null=True)
    peak_memory = models.BigIntegerField(null=True)
    """Bytes."""
    error = JsonText(null=True)
    """`{"code", "message", "hint"}` of a failure."""
    result = models.TextField(blank=True)
    """What the command wrote to its result file."""

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=["job", "key"], name="job_run_once"),)
        indexes = (
            models.Index(
                fields=["state", "scheduled_at"],
                condition=models.Q(state__in=["waiting", "running", "interrupted"]),
                name="job_run_open",
            ),
            models.Index(fields=["job", "-id"], name="job_run_by_job"),
        )

    def __str__(self) -> str:
        return f"{self.job_id} {self.scheduled_at:%Y-%m-%d %H:%M}"

    def seal_of(self, column: str) -> Seal:
        return Seal("job-run", (self.job.tenant_id, str(self.job_id), str(self.id), column))

    @property
    def overrides(self) -> dict[str, Any]:
        """What this launch says otherwise than the job: `parameters`, `environment`, `working_directory`, `input`."""
        return {**self.plain_overrides, **self.private_values()}

    @overrides.setter
    def overrides(self, value: dict[str, Any]) -> None:
        self.plain_overrides = {name: one for name, one in value.items() if name not in PRIVATE}
        self.keep_private({name: one for name, one in value.items() if name in PRIVATE})

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in self.FINAL
