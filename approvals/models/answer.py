"""What people and connectors said to a task."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from approvals.models.task import Task


class Answer(models.Model):
    """One thing that was said to a task, or that its policy did. Never changed; in the order of ids."""

    class Kind(models.TextChoices):
        """The first two count for the policy; so do `reassign` and `escalate`, which change who is asked."""

        CONTINUE = "continue"
        CANCEL = "cancel"
        COMMENT = "comment"
        QUESTION = "question", "Asked for information"
        REASSIGN = "reassign"
        ESCALATE = "escalate"
        REMIND = "remind"

    class Way(models.TextChoices):
        PAGE = "page"
        API = "api", "API"
        LINK = "link", "Link in a mail"
        CHAT = "chat"
        CONNECTOR = "connector"
        POLICY = "policy"

    tenant_path: ClassVar[str | None] = "task__tenant_id"
    owner_path: ClassVar[str | None] = "task__requester_id"

    task = models.ForeignKey(Task, models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    way = models.CharField(max_length=10, choices=Way.choices)
    at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    user_name = models.CharField(max_length=254, blank=True)
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    seat = models.BigIntegerField(null=True, editable=False)
    """The id of the reviewer whose answer it is; stays when the user is deleted, so that the answer counts on."""
    is_override = models.BooleanField(default=False)
    """It was said by the right to decide the tasks of others, not by somebody whom the policy asks."""
    stage = models.PositiveSmallIntegerField(default=0)
    to_users = models.JSONField(default=list)
    """Ids of those who are asked from now on, of `reassign` and `escalate`."""
    message = models.TextField(max_length=10_000, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.user_name} {self.kind} {self.task_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.seat = self.seat or self.on_behalf_of_id or self.user_id
        super().save(*args, **kwargs)
