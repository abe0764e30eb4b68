"""Whether operations are held for review, and where the connector is."""

from typing import ClassVar

from django.db import models

from accounts.models import Tenant
from common.crypto import Seal


class WorkflowSettings(models.Model):
    """The settings of the workflow for the whole platform, in one row."""

    class Body(models.TextChoices):
        JSON = "json", "JSON"
        XML = "xml", "XML, as connectors of 2013 read it"

    tenant_path: ClassVar[str | None] = None
    encrypted_fields: ClassVar[tuple[str, ...]] = ("secret",)

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    is_enabled = models.BooleanField(default=False)
    endpoint = models.TextField(max_length=2000, blank=True, default="")
    """The address of the connector; empty: there is none, and people review by hand."""
    body = models.CharField(max_length=4, choices=Body.choices, default=Body.JSON)
    connect_ms = models.PositiveIntegerField(default=60_000)
    read_ms = models.PositiveIntegerField(default=10_000)
    secret = models.TextField(blank=True, default="", editable=False)
    """What deliveries are signed with, encrypted; empty: they are not signed."""

    class Meta:
        verbose_name_plural = "workflow settings"
        constraints = (models.CheckConstraint(name="workflow_settings_one_row", condition=models.Q(id=1)),)

    def __str__(self) -> str:
        return "Workflow"

    def seal_of(self, column: str) -> Seal:
        return Seal("connector", (self.pk, column))


class TenantWorkflow(models.Model):
    """What a tenant's own switch says; a tenant without a row is off."""

    tenant_path: ClassVar[str | None] = "tenant_id"

    tenant = models.OneToOneField(Tenant, models.CASCADE, primary_key=True, related_name="workflow")
    is_enabled = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"Workflow of {self.tenant_id}"
