"""Tries that are counted, in the database so that every web process counts the same ones."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Attempt(models.Model):
    """One try of a counted thing: a sign-in for an account or from an address."""

    tenant_path: ClassVar[str | None] = None

    key = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="attempt_by_key")]

    def __str__(self) -> str:
        return f"{self.key[:12]} {self.at:%H:%M:%S}"
