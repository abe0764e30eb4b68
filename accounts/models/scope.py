"""Scopes."""

from typing import ClassVar

from django.db import models

from accounts.models.fields import NameField
from accounts.models.tenant import Tenant


class Scope(models.Model):
    """A named set of tenants, for people and programs that look after several. The platform's."""

    tenant_path: ClassVar[str | None] = None

    name = NameField(max_length=120, unique=True)
    is_everyone = models.BooleanField(default=False)
    """All tenants, those of tomorrow too; `tenants` does not count then."""
    tenants = models.ManyToManyField(Tenant, blank=True, related_name="scopes")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def tenant_ids(self) -> frozenset[int]:
        tenants = Tenant.objects if self.is_everyone else self.tenants
        return frozenset(tenants.order_by().values_list("pk", flat=True))
