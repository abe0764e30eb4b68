"""Answers kept for requests that may arrive twice."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class IdempotencyRecord(models.Model):
    """The first answer to an `Idempotency-Key`. Without a status the first request is still under way."""

    tenant_path: ClassVar[str | None] = None

    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=500)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True, default="")
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_once")]

    def __str__(self) -> str:
        return f"{self.request} {self.key}"
