"""Mails that were caught instead of sent."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models.tenant import Tenant


class CaughtMail(models.Model):
    """A mail that would have gone out, were there a mail server.

    `to`, `cc` and `bcc` are lists of addresses. `run_id` is null for mails of the program itself, which hold links
    that set passwords: only the platform's admins read those.
    """

    tenant_path: ClassVar[str | None] = "tenant_id"

    at = models.DateTimeField(default=timezone.now, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, null=True, related_name="caught_mails")
    run_id = models.UUIDField(null=True)
    message_id = models.CharField(max_length=220, unique=True)
    sender = models.CharField(max_length=400)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.subject
