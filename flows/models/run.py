"""Runs, the queue of open ones, and their journal."""

from typing import ClassVar

from django.db import models

from common.ids import new_id
from flows.engine.run_store import SUSPECTED_AFTER
from flows.engine.subject import MAX_SUBJECT_COLUMN
from flows.models.event import Event
from flows.models.fields import JsonText
from flows.models.flow import Flow, FlowVersion


class Run(models.Model):
    """One execution of a version for one event."""

    class Status(models.TextChoices):
        """Where a run stands; the last three are final."""

        QUEUED = "queued"
        RUNNING = "running"
        WAITING = "waiting"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    tenant_path: ClassVar[str | None] = "flow__tenant_id"
    """A platform flow's runs show its drawing, so they are the platform's, whatever tenant they ran for."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="runs", db_index=False)
    version = models.ForeignKey(FlowVersion, on_delete=models.CASCADE, db_index=False)
    tenant = models.ForeignKey(
        "accounts.Tenant", null=True, blank=True, on_delete=models.CASCADE, db_index=False
    )
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="runs")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True, db_index=True)
    due_at = models.DateTimeField(null=True)
    wait_reason = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=MAX_SUBJECT_COLUMN, blank=True, default="", db_default="")
    """What the run is about, in one line for lists."""
    error = JsonText(null=True)
    """`{"code", "message", "hint", "field", "node"}` of the failure or of the reason for cancelling."""
    retried_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="retries")
    is_resumed = models.BooleanField(default=False, db_default=False)
    """Whether it goes on from where `retried_from` stopped, instead of from the start."""
    is_test = models.BooleanField(default=False, db_default=False)
    """Whether credentials open with their values for trying out; so it is in flows and jobs that it launches."""
    last_cursor = JsonText(null=True)
    """Of a failed run: where it stood, so that a new run can go on from there."""

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["flow", "id"], name="run_by_flow"),
            models.Index(fields=["tenant", "id"], name="run_by_tenant"),
            # Few of many runs fail, and people look for those; the others cost this index nothing.
            models.Index(fields=["id"], condition=models.Q(status="failed"), name="run_failed"),
        )

    def __str__(self) -> str:
        return f"run {self.id}"


class QueueEntry(models.Model):
    """An open run: when it is due, who holds it, and where it stands.

    A lease is a due time in the future with an owner. An entry whose due time has passed may be claimed, whether it
    was waiting or its worker is gone; each claim raises `fence`, and only the holder of the newest fence may write.
    """

    run = models.OneToOneField(Run, primary_key=True, on_delete=models.CASCADE, related_name="queue_entry")
    flow_id = models.UUIDField()
    tenant_id = models.BigIntegerField(null=True)
    is_held = models.BooleanField(default=False)
    """Waits for its turn in a flow whose runs go one after another."""
    due_ms = models.BigIntegerField(null=True)
    """Milliseconds since 1970; null waits for a person or for another system."""
    owner = models.CharField(max_length=64, blank=True)
    fence = models.PositiveIntegerField(default=0)
    lost_leases = models.PositiveSmallIntegerField(default=0)
    """How often in a row a worker died with it: then it is tried by itself, and then it fails."""
    cancel_requested = models.BooleanField(default=False)
    cursor = JsonText(null=True)
    """Where the run stands (`flows.engine.cursor`); null is the beginning."""

    class Meta:
        indexes = (
            models.Index(fields=["due_ms"], condition=models.Q(is_held=False), name="queue_due"),
            models.Index(fields=["flow_id", "run"], name="queue_by_flow"),
            models.Index(
                fields=["due_ms"],
                condition=models.Q(lost_leases__gte=SUSPECTED_AFTER - 1),
                name="queue_suspects",
            ),
        )

    def __str__(self) -> str:
        return f"queue entry of {self.run_id}"


class Step(models.Model):
    """One node's turn in a run, one row a try."""

    class Status(models.TextChoices):
        RUNNING = "running"
        WAITING = "waiting"
        RETRYING = "retrying"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        SKIPPED = "skipped"
        CANCELLED = "cancelled"
        INTERRUPTED = "interrupted"

    tenant_path: ClassVar[str | None] = "run__flow__tenant_id"

    # No constraint: PostgreSQL would look each row up, a third of what a long flow costs it. Rows are written under the
    # fence of an open run only, in the transaction that holds its queue entry, and deleted before their run.
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="steps", db_index=False, db_constraint=False
    )
    node_id = models.CharField(max_length=100)
    attempt = models.PositiveSmallIntegerField(default=1)
    seq = models.PositiveIntegerField()
    """Place in the run's line of changes; a step that changes gets a new one."""
    status = models.CharField(max_length=12, choices=Status.choices)
    port = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    output = JsonText(null=True)
    """The record behind the port; null when the node passed its input on unchanged."""
    error = JsonText(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["run", "node_id", "attempt"], name="step_once_a_try"),)

    def __str__(self) -> str:
        return f"{self.node_id} of {self.run_id}"


class LogLine(models.Model):
    """A line that a step wrote."""

    class Level(models.IntegerChoices):
        """How much a line matters; the outputs of programs matter as much as what a node says."""

        DEBUG = 10
        INFO = 20
        STDOUT = 21
        STDERR = 22
        WARNING = 30
        ERROR = 40

    tenant_path: ClassVar[str | None] = "run__flow__tenant_id"

    # No constraint, as for steps.
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="log_lines", db_index=False, db_constraint=False
    )
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    node_id = models.CharField(max_length=100, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ("seq",)
        constraints = (models.UniqueConstraint(fields=["run", "seq"], name="log_line_once"),)

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def level_name(self) -> str:
        return self.Level(self.level).name.lower()
