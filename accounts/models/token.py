"""API tokens."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models.fields import NameField
from accounts.models.tenant import Tenant
from accounts.models.user import User


class ApiToken(models.Model):
    """A key for programs, acting as its user. Only its hash is kept; the text is shown once.

    A token that was made with another one, its `parent`, ends when that one does.
    """

    tenant_path: ClassVar[str | None] = "tenant_id"

    name = NameField(max_length=120)
    prefix = models.CharField(max_length=16, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, blank=True, related_name="api_tokens")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", editable=False
    )
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.name} (hf_{self.prefix}_…)"
