"""The hooks file that the workers follow, and the flows that its hooks are."""

from typing import ClassVar

from django.db import models

from flows.models import Flow
from flows.models.fields import JsonText


class FollowedFile(models.Model):
    """What became of the file, in one row. Whoever changes its flows holds the row."""

    class State(models.TextChoices):
        """How the file is; while it cannot be used, the hooks that were good before stay in force."""

        OFF = "off", "Not followed"
        FOLLOWED = "followed", "In force"
        MISSING = "missing", "Missing"
        UNREADABLE = "unreadable", "Cannot be read"
        INVALID = "invalid", "Cannot be used"

    tenant_path: ClassVar[str | None] = None

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    path = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFF)
    seen_hash = models.CharField(max_length=64, blank=True, default="")
    """Of the content that was looked at last (SHA-256), whether it could be used or not."""
    content_hash = models.CharField(max_length=64, blank=True, default="")
    """Of the content that is in force; empty: none is."""
    only_first = models.BooleanField(default=False)
    """Whether the content in force runs only the first hook of an event type."""
    problems = JsonText(default=list)
    """What is to be said of the content that was looked at last, each as `Located`."""
    seen_at = models.DateTimeField(null=True)
    in_force_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "followed files"
        constraints = (models.CheckConstraint(name="followed_file_one_row", condition=models.Q(id=1)),)

    def __str__(self) -> str:
        return self.path


class FileCredential(models.Model):
    """A credential that was made for a receiver of the file: it goes when nothing needs it any more."""

    tenant_path: ClassVar[str | None] = None

    credential = models.OneToOneField(
        "actions.Credential", models.CASCADE, primary_key=True, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.credential_id)


class FileHook(models.Model):
    """A hook of the file and its flow. A hook that left the file keeps its flow, switched off, for the next one."""

    tenant_path: ClassVar[str | None] = "flow__tenant_id"

    flow = models.OneToOneField(Flow, models.CASCADE, primary_key=True, related_name="file_hook")
    number = models.PositiveIntegerField(null=True)
    """Its place in the list of the file, from 1; null: it is not there any more."""
    line = models.PositiveIntegerField(default=0)
    event_type = models.CharField(max_length=100)
    implementation = models.CharField(max_length=300)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.event_type}: {self.implementation}"
