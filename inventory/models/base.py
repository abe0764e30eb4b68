"""What the tables of the platform have in common."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class InventoryRow(models.Model):
    """A row of the platform's data.

    `tenant_path` says where its tenant is, `shared_rows` which rows without a tenant every tenant may read (none by
    default), `owner_path` whose rows of a customer they are (none by default). Rows of the local demo carry a flag,
    so that they can be told from real ones.
    """

    tenant_path: ClassVar[str | None] = "tenant_id"
    shared_rows: ClassVar[Q | None] = None
    owner_path: ClassVar[str | None] = None

    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True


class OwnedRow(InventoryRow):
    """A row that names its tenant itself; without one it belongs to the platform."""

    tenant = models.ForeignKey("accounts.Tenant", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


SHARED_BY_ALL = Q(tenant__isnull=True)
"""Every row of the platform is there for all tenants to read."""
