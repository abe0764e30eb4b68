"""The audit trail."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models.tenant import Tenant


class AuditEntry(models.Model):
    """Who did what to which thing. Never changed, never deleted.

    The ids are kept as plain numbers: an entry outlives the user, token and tenant that it names.
    """

    tenant_path: ClassVar[str | None] = "tenant_id"

    at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=254)
    actor_role = models.CharField(max_length=20, blank=True)
    token_id = models.BigIntegerField(null=True)
    tenant = models.ForeignKey(
        Tenant, models.DO_NOTHING, null=True, db_constraint=False, related_name="audit_entries"
    )
    verb = models.CharField(max_length=60)
    target = models.CharField(max_length=60)
    target_id = models.CharField(max_length=64)
    changes = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["tenant", "-id"], name="audit_by_tenant"),
            models.Index(fields=["target", "target_id", "-id"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.target} {self.target_id}"
