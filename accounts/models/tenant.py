"""Tenants."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models.fields import NameField


class Tenant(models.Model):
    """Who owns servers, users and flows. A tenant that is not active cannot be used by its people.

    `mail_senders` are the addresses (`shop@example.org`) and domains (`@example.org`) that its flows may send as.
    """

    tenant_path: ClassVar[str | None] = "id"

    name = NameField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    is_active = models.BooleanField(default=True)
    mail_senders = models.JSONField(default=list)
    zone = models.CharField(max_length=64, blank=True, default="")
    """In which its people type and read times; empty: UTC."""
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
