"""What the servers of a tenant may come to."""

from typing import ClassVar

from django.db import models

from accounts.models import Tenant


class TenantLimits(models.Model):
    """Of all deployed servers together. Null is no limit; a tenant without a row has none."""

    tenant_path: ClassVar[str | None] = "tenant_id"

    tenant = models.OneToOneField(Tenant, models.CASCADE, primary_key=True, related_name="limits")
    servers = models.PositiveIntegerField(null=True, blank=True)
    cpu = models.PositiveIntegerField(null=True, blank=True)
    ram = models.PositiveIntegerField(null=True, blank=True)
    """In MB."""
    disk = models.PositiveIntegerField(null=True, blank=True)
    """In GB."""

    class Meta:
        verbose_name_plural = "tenant limits"

    def __str__(self) -> str:
        return f"Limits of {self.tenant}"
