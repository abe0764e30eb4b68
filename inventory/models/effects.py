"""What steps of runs did to our own database."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class AppliedEffect(models.Model):
    """The result of a step's change, written in the same transaction: a repeat gives the same."""

    tenant_path: ClassVar[str | None] = None

    key = models.CharField(max_length=120, unique=True)
    run_id = models.UUIDField(null=True, db_index=True, editable=False)
    """The run in which the step was first tried, as its key says; the row goes when that run goes."""
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)

    class Meta:
        db_table = "applied_effect"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.key
