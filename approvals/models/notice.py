"""What people have yet to be told of tasks: an outbox that the workers empty."""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from approvals.models.task import Task
from common.crypto import Seal
from flows.models.fields import JsonText

APPROVAL_SUBJECT: Final = "You have a pending task pending for approval"
REQUESTER_SUBJECT: Final = "A pending task has been updated"
"""Both in the words of the Workflow feature's own mail connector; people can change them."""


class News(models.Model):
    """Something changed in a task, and people may have to be told: written in the transaction of the change.

    A worker looks at the task, makes a notice for each person, and deletes the news in the same transaction.
    """

    tenant_path: ClassVar[str | None] = "task__tenant_id"

    task = models.ForeignKey(Task, models.CASCADE, related_name="news")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"news of {self.task_id}"


class Notice(models.Model):
    """One mail to one person, or one message to a chat, about a task: sent at least once, made once for a reason."""

    tenant_path: ClassVar[str | None] = "task__tenant_id"

    task = models.ForeignKey(Task, models.CASCADE, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    """Whom it is to; null for the chat."""
    reason = models.CharField(max_length=60)
    """`asked`, `asked:<stage>` of a later one, `remind:<id of the answer>`, `question:<id of the answer>`, `ended`,
    `failed`, `chat`."""
    made_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """When it is tried next; one that is at work lies ahead. Null: it is sent, or given up."""
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = JsonText(null=True)
    """`{"code", "message", "hint"}` of the last try that failed."""

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="notice_due"),
        )
        constraints = (
            models.UniqueConstraint(fields=["task", "user", "reason"], name="notice_once_for_a_reason"),
            models.UniqueConstraint(
                fields=["task", "reason"], condition=models.Q(user=None), name="notice_once_to_the_chat"
            ),
        )

    def __str__(self) -> str:
        return f"{self.reason} of {self.task_id}"


class DecisionLink(models.Model):
    """A link with which one person decides one task once, without signing in.

    The token itself is nowhere: it is made anew from the row and the secret key whenever its mail is tried again.
    """

    tenant_path: ClassVar[str | None] = "notice__task__tenant_id"

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="link")
    token_hash = models.CharField(max_length=64, unique=True)
    content_hash = models.CharField(max_length=64, blank=True)
    """Of the task when the mail was written."""
    stamp = models.CharField(max_length=64)
    """Of the person's password, role, tenant and state, as sessions are bound to them."""
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_for = models.CharField(max_length=10, blank=True)
    """`continue` or `cancel`."""

    def __str__(self) -> str:
        return f"link of {self.notice_id}"


class NoticeSettings(models.Model):
    """How people are told of the tasks of a tenant; the platform's row is for all tenants without one."""

    tenant_path: ClassVar[str | None] = "tenant_id"
    encrypted_fields: ClassVar[tuple[str, ...]] = ("chat_url",)

    id = models.PositiveBigIntegerField(primary_key=True, editable=False)
    """The tenant's; 0 is the platform."""
    tenant = models.OneToOneField("accounts.Tenant", models.CASCADE, null=True, related_name="+")
    mails_reviewers = models.BooleanField(default=True)
    mails_requester = models.BooleanField(default=True)
    approval_subject = models.CharField(max_length=150, default=APPROVAL_SUBJECT)
    requester_subject = models.CharField(max_length=150, default=REQUESTER_SUBJECT)
    link_hours = models.PositiveSmallIntegerField(default=72)
    target_hours = models.PositiveSmallIntegerField(default=24)
    """Within which a task should be decided; what waits longer is told as overdue."""
    chat_url = models.TextField(blank=True)
    """Encrypted: whoever has the address can write to the chat."""

    def __str__(self) -> str:
        return f"notices of {self.tenant or 'the platform'}"

    def seal_of(self, column: str) -> Seal:
        return Seal("review-chat", (str(self.pk), column))
