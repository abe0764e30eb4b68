"""Jobs: what is to run, when, and what follows."""

from typing import Any, ClassVar

from django.db import models

from accounts.models.fields import DescriptionField, NameField
from common.crypto import Seal
from common.ids import new_id
from flows.models.fields import JsonText
from jobs.models.command import Command
from jobs.models.sealed import Sealed


class Job(Sealed):
    """A command or a flow with a schedule. Environment and input may be secret."""

    class Kind(models.TextChoices):
        COMMAND = "command"
        FLOW = "flow"

    class Interval(models.TextChoices):
        """How often it runs by itself; the letters are those of MultiFlexi."""

        NEVER = "n", "Not by itself"
        CUSTOM = "c", "By a cron line"
        MINUTELY = "i", "Every minute"
        HOURLY = "h", "Every hour"
        DAILY = "d", "Every day"
        WEEKLY = "w", "Every week"
        MONTHLY = "m", "Every month"
        YEARLY = "y", "Every year"

    class Backoff(models.TextChoices):
        """How the pause before the next attempt grows."""

        NONE = "none", "No further attempt"
        FIXED = "fixed", "Always the same pause"
        LINEAR = "linear", "The pause times the number of attempts"
        EXPONENTIAL = "exponential", "The pause doubles with each attempt"

    tenant_path: ClassVar[str | None] = "tenant_id"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", null=True, blank=True, on_delete=models.CASCADE)
    name = NameField(max_length=200)
    description = DescriptionField(blank=True, max_length=2000)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    command = models.ForeignKey(Command, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs")
    flow = models.ForeignKey(
        "flows.Flow", null=True, blank=True, on_delete=models.SET_NULL, related_name="jobs_that_run_it"
    )
    parameters = JsonText(default=dict)
    """Of a command: value by slot. Of a flow: the payload of the event that starts it."""
    working_directory = models.CharField(max_length=500, blank=True)
    """A folder below the run's own, or one of the command's `directories`."""
    timeout_seconds = models.PositiveIntegerField(null=True, blank=True)
    """None: as long as the command may."""
    expected_exit_codes = JsonText(default=list)
    """Empty: 0 alone."""

    interval = models.CharField(max_length=1, choices=Interval.choices, default=Interval.NEVER)
    cron = models.CharField(max_length=64, blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    delay_seconds = models.PositiveIntegerField(default=0)
    """How long after each tick it starts."""
    next_at = models.DateTimeField(null=True, blank=True)
    """The next tick; None: no schedule, or switched off."""
    last_at = models.DateTimeField(null=True, blank=True)

    max_attempts = models.PositiveIntegerField(default=1)
    backoff = models.CharField(max_length=12, choices=Backoff.choices, default=Backoff.NONE)
    min_gap_seconds = models.PositiveIntegerField(default=0)
    deadline = models.CharField(max_length=20, blank=True)
    """Until when it must have succeeded: `+3h` after the time wanted, or `08:00` in the job's zone."""
    allow_late = models.BooleanField(default=False)
    """Whether it may still start when its deadline has passed."""
    needs_credentials = models.BooleanField(default=False, db_default=False)
    """Whether its flow starts only while no credential that it names is known not to work."""
    allow_overlap = models.BooleanField(default=False)
    """Whether several of its runs may be at work at once."""

    on_success = models.ForeignKey(
        "flows.Flow", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    on_failure = models.ForeignKey(
        "flows.Flow", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_enabled = models.BooleanField(default=True)
    created_by = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "id")
        indexes = (
            models.Index(fields=["tenant", "name"], name="job_by_tenant"),
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="job_by_tick"),
        )

    def __str__(self) -> str:
        return self.name

    def seal_of(self, column: str) -> Seal:
        return Seal("job", (self.tenant_id, str(self.id), column))

    @property
    def environment(self) -> dict[str, Any]:
        """The variables of the command, by name."""
        found: dict[str, Any] = self.private_values().get("environment", {})
        return found

    @environment.setter
    def environment(self, value: dict[str, Any]) -> None:
        self.keep_private({**self.private_values(), "environment": value})

    @property
    def input(self) -> str:
        """What the command reads from its standard input."""
        return str(self.private_values().get("input", ""))

    @input.setter
    def input(self, value: str) -> None:
        self.keep_private({**self.private_values(), "input": value})
