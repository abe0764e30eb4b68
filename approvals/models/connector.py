"""What is told to the workflow connector, and how that went."""

from typing import ClassVar

from django.db import models

from accounts.models import Tenant
from approvals.models.task import Task
from common.ids import new_id
from flows.models.fields import JsonText


class Delivery(models.Model):
    """A task, or several of one request, that the connector is to be told. Written when they are held."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        OVERTAKEN = "overtaken", "Decided before it was delivered"
        FAILED = "failed"

    tenant_path: ClassVar[str | None] = "tenant_id"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, null=True, related_name="+")
    """Whose tasks they are; null when they are of several tenants, and for a test."""
    tasks = models.ManyToManyField(Task, related_name="deliveries")
    """Those that still wait are told."""
    is_test = models.BooleanField(default=False)
    """Of a made-up task, to see whether the connector is there."""
    is_batch = models.BooleanField(default=False)
    """Told as a collection, as several are, however many still wait."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    """When it is tried next, or when whoever tries it has had its time; null when it is over."""
    tries = models.PositiveIntegerField(default=0)
    is_unreachable = models.BooleanField(default=False)
    """At the last try nobody answered."""

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name_plural = "deliveries"
        indexes = (
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="delivery_due"),
            models.Index(fields=["-created_at", "-id"], name="delivery_newest"),
        )

    def __str__(self) -> str:
        return f"Delivery {self.id}"


class DeliveryTry(models.Model):
    """One attempt at a delivery. Without an end: under way, or cut off with its worker."""

    tenant_path: ClassVar[str | None] = "delivery__tenant_id"

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    url = models.TextField(max_length=2000)
    """Where to, without what stands behind the question mark."""
    status = models.PositiveSmallIntegerField(null=True)
    ms = models.PositiveIntegerField(null=True)
    error = JsonText(null=True)
    """`{"code", "message", "hint"}`."""

    class Meta:
        ordering = ("delivery_id", "number")
        constraints = (models.UniqueConstraint(fields=["delivery", "number"], name="delivery_try_once"),)

    def __str__(self) -> str:
        return f"Try {self.number} of {self.delivery_id}"
