"""What the platform sets for an action, wherever it follows a job."""

from typing import ClassVar

from django.db import models

from flows.models.fields import JsonText


class ActionSettings(models.Model):
    """The platform's config of one node type; each action of a list lays its own over it."""

    tenant_path: ClassVar[str | None] = None

    node_type = models.CharField(max_length=100, primary_key=True)
    config = JsonText(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("node_type",)

    def __str__(self) -> str:
        return self.node_type
