"""The platform's own log for its people."""

from django.db import models
from django.utils import timezone

from inventory.models.base import OwnedRow


class EventLogEntry(OwnedRow):
    """One line of the event log; never changed afterwards."""

    class Level(models.IntegerChoices):
        info = 1
        warning = 2
        error = 3

    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.info)
    message = models.TextField(max_length=10_000)
    raw_message = models.TextField(max_length=10_000, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "event log entries"

    def __str__(self) -> str:
        return self.message[:80]
