"""Applications that act for users by OAuth 1.0a, and what they were given."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models

from accounts.models import ApiToken
from accounts.models.fields import NameField
from common.crypto import Seal


class Application(models.Model):
    """A program that a user registered. Whoever allows it to act does so with a token that has its privileges."""

    tenant_path: ClassVar[str | None] = "user__tenant_id"
    owner_path: ClassVar[str | None] = "user_id"
    encrypted_fields: ClassVar[tuple[str, ...]] = ("secret",)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="applications")
    name = NameField(max_length=120)
    description = NameField(max_length=500, blank=True)
    api_key = models.UUIDField(unique=True, default=uuid4, editable=False)
    secret = models.TextField(editable=False)
    """Encrypted: signatures are made with it, so that a hash would not do."""
    privileges = models.JSONField(default=list)
    """Names of the Workflow feature's privileges."""
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name

    def seal_of(self, column: str) -> Seal:
        return Seal("oauth", ("application", str(self.api_key), column))


class ApplicationToken(models.Model):
    """A token of OAuth 1.0a: first a request that its user may allow, then, another row, what gives access.

    What gives access is an API token, too, whose text nobody knows: it narrows, expires and is revoked as any other.
    """

    tenant_path: ClassVar[str | None] = "application__user__tenant_id"
    encrypted_fields: ClassVar[tuple[str, ...]] = ("secret",)

    application = models.ForeignKey(Application, models.CASCADE, related_name="tokens")
    key = models.CharField(max_length=40, unique=True)
    secret = models.TextField()
    callback = models.TextField(max_length=2000, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    """Who allowed the request; null: nobody has, yet."""
    verifier = models.CharField(max_length=64, blank=True)
    """The hash of what shows that the user allowed it."""
    api_token = models.OneToOneField(ApiToken, models.CASCADE, null=True, related_name="oauth")
    """What gives access; null for requests."""
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.application_id} {self.key[:8]}…"

    def seal_of(self, column: str) -> Seal:
        return Seal("oauth", ("token", self.key, column))


class UsedNonce(models.Model):
    """A signed request that was seen, so that it does not count again."""

    tenant_path: ClassVar[str | None] = None

    digest = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest[:12]
