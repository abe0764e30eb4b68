"""Tickets and their messages."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models.fields import NameField
from inventory.models.base import InventoryRow, OwnedRow


class Ticket(OwnedRow):
    """A question or a fault that a user has, with its messages."""

    owner_path: ClassVar[str | None] = "creator_id"

    class Priority(models.TextChoices):
        low = "low"
        normal = "normal"
        high = "high"
        urgent = "urgent"

    class Status(models.TextChoices):
        open = "open"
        answered = "answered"
        closed = "closed"

    title = NameField(max_length=200)
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.normal)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.open)
    creator = models.ForeignKey("accounts.User", models.PROTECT, related_name="tickets")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title


class TicketMessage(InventoryRow):
    tenant_path: ClassVar[str | None] = "ticket__tenant_id"
    owner_path: ClassVar[str | None] = "ticket__creator_id"

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    author = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    content = models.TextField(max_length=100_000)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.content[:60]
