"""The jobs of a task."""

from typing import ClassVar

from django.db import models

from accounts.models.fields import NameField
from approvals.models.task import Task
from common.ids import new_id


class TaskJob(models.Model):
    """One part of a task, in the words of the Workflow feature (`JobType`, `JobState`)."""

    class Type(models.TextChoices):
        """What is done; the ones that tasks here are made of."""

        SCHEDULE = "SCHEDULE"
        CONFIGURE = "CONFIGURE"
        POWER_ON = "POWER_ON"
        POWER_OFF = "POWER_OFF"
        UPDATE_RESOURCES = "UPDATE_RESOURCES"
        RECONFIGURE = "RECONFIGURE"
        REGISTER_VM = "REGISTER_VM"
        DECONFIGURE = "DECONFIGURE"
        FREE_RESOURCES = "FREE_RESOURCES"

    class State(models.TextChoices):
        """Where it stands; the rollback has the same words."""

        PENDING = "PENDING"
        STARTED = "STARTED"
        DONE = "DONE"
        FAILED = "FAILED"
        SKIPPED = "SKIPPED"
        ROLLBACK_STARTED = "ROLLBACK_STARTED"
        ROLLBACK_DONE = "ROLLBACK_DONE"
        UNKNOWN = "UNKNOWN"

    tenant_path: ClassVar[str | None] = "task__tenant_id"
    owner_path: ClassVar[str | None] = "task__requester_id"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="jobs")
    position = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=20, choices=Type.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PENDING)
    rollback_state = models.CharField(max_length=20, choices=State.choices, default=State.UNKNOWN)
    description = NameField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("task_id", "position")
        constraints = (models.UniqueConstraint(fields=["task", "position"], name="task_job_position_once"),)

    def __str__(self) -> str:
        return f"{self.type} of {self.task_id}"
