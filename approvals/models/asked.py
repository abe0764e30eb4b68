"""Whose answers tasks wait for, by their policies."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from approvals.models.task import Task


class Asked(models.Model):
    """What the policy of a task that waits says of one person at present.

    Lists and badges read it, so that they need not evaluate policies. It is written whenever a policy was looked at;
    whether an answer counts, the policy itself says when the answer comes.
    """

    tenant_path: ClassVar[str | None] = "task__tenant_id"

    # The constraint's index begins with the task.
    task = models.ForeignKey(Task, models.CASCADE, related_name="asked", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    is_open = models.BooleanField()
    """Their answer, or their delegate's, is waited for."""
    is_barred = models.BooleanField(default=False)
    """They say nothing themselves, for nobody: they have answered in this stage, are gone, or asked for it."""
    takes_delegates = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["task", "user"], name="asked_once_a_task"),)

    def __str__(self) -> str:
        return f"{self.user_id} about {self.task_id}"
