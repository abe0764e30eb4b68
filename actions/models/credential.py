"""Credentials: what everyone who uses them may see, and apart from it the secrets, each encrypted for itself."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models.fields import NameField
from common.crypto import Seal
from flows.models.fields import JsonText


class Credential(models.Model):
    """The access to one outside system, of a tenant or of the platform.

    It has a second set of values for trying out, its *staging* values, which test runs use.
    """

    tenant_path: ClassVar[str | None] = "tenant_id"
    shared_rows: ClassVar[Q] = Q(tenant=None, is_shared=True)

    tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, null=True, blank=True, related_name="+")
    type = models.CharField(max_length=100)
    name = NameField(max_length=100)
    is_shared = models.BooleanField(default=False)
    """Of the platform's: whether the flows of tenants may use it."""
    fields = JsonText()
    """What is no secret, by the name of its field."""
    staging_fields = JsonText(null=True)
    """The same for trying out; null when there are no such values."""
    version = models.PositiveIntegerField(default=1)
    """Rises with every change: what was opened before is not used any more."""
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=200)

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=["tenant", "name"], name="credential_once_a_tenant"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(tenant=None), name="credential_once_on_the_platform"
            ),
        )

    def __str__(self) -> str:
        return self.name


class CredentialSecret(models.Model):
    """One secret of a credential. It opens only for its tenant, credential, set of values and field."""

    tenant_path: ClassVar[str | None] = "credential__tenant_id"
    encrypted_fields: ClassVar[tuple[str, ...]] = ("text",)

    credential = models.ForeignKey(Credential, models.CASCADE, related_name="secrets")
    is_staging = models.BooleanField(default=False)
    field = models.CharField(max_length=100)
    text = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["credential", "is_staging", "field"], name="credential_secret_once_a_field"
            ),
        )

    def __str__(self) -> str:
        return f"{self.credential_id}.{self.field}"

    def seal_of(self, column: str) -> Seal:
        """What its ciphertext belongs to: moved to another row, it does not open."""
        kind = "staging" if self.is_staging else "live"
        return Seal("credential", (self.credential.tenant_id, self.credential_id, kind, self.field))
