"""Event types that people define, and the events that arrived."""

from typing import ClassVar

from django.db import models

from accounts.models.fields import NameField
from common.ids import new_id
from flows.models.fields import JsonText


class EventTypeDefinition(models.Model):
    """An event type that a tenant or the platform defined."""

    tenant_path: ClassVar[str | None] = "tenant_id"

    tenant = models.ForeignKey("accounts.Tenant", null=True, blank=True, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    label = NameField(max_length=200)
    summary = NameField(max_length=500, blank=True)
    schema = JsonText()
    """A JSON Schema of the payload."""
    sample = JsonText()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=["tenant", "name"], name="event_type_once_a_tenant"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(tenant=None), name="event_type_once_on_the_platform"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """One occurrence with its payload. Accepted means committed; it never changes afterwards."""

    tenant_path: ClassVar[str | None] = "tenant_id"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(
        "accounts.Tenant", null=True, blank=True, on_delete=models.CASCADE, db_index=False
    )
    type = models.CharField(max_length=100)
    source = models.CharField(max_length=100)
    dedup_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  # unique, so NULL is "none"
    """SHA-256 over tenant, source and dedup key."""
    dedup_key = models.CharField(max_length=200, blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    payload = JsonText()
    accepted_at = models.DateTimeField()
    cause_run_id = models.UUIDField(null=True)
    depth = models.PositiveSmallIntegerField(default=0)
    """How many runs stand between this event and one from outside."""
    outcomes = JsonText(null=True)
    """Why flows that listen to it did not start: `[{"flow", "result", "message"}]`."""
    run_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["tenant", "id"], name="event_by_tenant"),
            models.Index(fields=["type", "id"], name="event_by_type"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.id}"
