"""The audit trail and its seals."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.append_only import AppendOnly
from accounts.models.tenant import Tenant


class AuditEntry(AppendOnly):
    """Who did what to which thing, from where. Never changed, never deleted.

    The ids are kept as plain numbers: an entry outlives the user, token and tenant that it names.
    A field that is added later is left out of the hash where it is empty, so that older hashes stay true.
    """

    tenant_path: ClassVar[str | None] = "tenant_id"

    at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=254)
    actor_role = models.CharField(max_length=20, blank=True)
    token_id = models.BigIntegerField(null=True)
    way = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=45, blank=True)
    tenant = models.ForeignKey(
        Tenant, models.DO_NOTHING, null=True, db_constraint=False, related_name="audit_entries"
    )
    verb = models.CharField(max_length=60)
    target = models.CharField(max_length=60)
    target_id = models.CharField(max_length=64)
    changes = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["tenant", "-id"], name="audit_by_tenant"),
            models.Index(fields=["target", "target_id", "-id"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.target} {self.target_id}"


class AuditSeal(AppendOnly):
    """The place of an entry in the chain. `previous` is the hash before it, `tenant_previous` the one before it among
    the entries of its tenant (or of the platform); empty for the first. Hashes are SHA-256 as hexadecimal text.
    """

    tenant_path: ClassVar[str | None] = "entry__tenant_id"

    place = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.DO_NOTHING, db_constraint=False, related_name="seal")
    at = models.DateTimeField()
    previous = models.CharField(max_length=64, blank=True)
    tenant_previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("place",)

    def __str__(self) -> str:
        return f"{self.place}: {self.hash}"
