"""Tries that are counted, in the database so that every web process counts the same ones."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models.user import User


class Attempt(models.Model):
    """One try of a counted thing: a sign-in for an account or from an address."""

    tenant_path: ClassVar[str | None] = None

    key = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="attempt_by_key")]

    def __str__(self) -> str:
        return f"{self.key[:12]} {self.at:%H:%M:%S}"


class KnownPlace(models.Model):
    """An address, as a hash, from which a user signed in before."""

    tenant_path: ClassVar[str | None] = None

    user = models.ForeignKey(User, models.CASCADE, related_name="known_places")
    place = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.place[:12]}"
