"""Policies, and what they refer to: groups, calendars, and who stands in for whom."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Tenant
from accounts.models.fields import DescriptionField, NameField
from flows.models.fields import JsonText


class _Owned(models.Model):
    """What a tenant or the platform has, by a name that is once an owner."""

    tenant_path: ClassVar[str | None] = "tenant_id"

    tenant = models.ForeignKey(Tenant, models.CASCADE, null=True, related_name="+")
    name = NameField(max_length=120)
    description = DescriptionField(max_length=2000, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class ReviewGroup(_Owned):
    """People who are asked together."""

    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="review_groups")

    class Meta(_Owned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "name"], name="review_group_once_a_tenant"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(tenant=None), name="review_group_once_on_the_platform"
            ),
        )


class BusinessCalendar(_Owned):
    """When somebody is at work. Tenants may use the platform's calendars."""

    shared_rows: ClassVar[Q | None] = Q(tenant=None)

    zone = models.CharField(max_length=64, default="UTC")
    week = JsonText(default=list)
    """Seven lists, Monday first, of `[from, until]` in minutes of the day."""
    holidays = JsonText(default=list)
    """Days on which nobody is at work, as `2026-12-25`, in order."""

    class Meta(_Owned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "name"], name="calendar_once_a_tenant"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(tenant=None), name="calendar_once_on_the_platform"
            ),
        )


class Policy(_Owned):
    """Who decides on tasks. Tasks keep a copy: a change counts for those that are held from then on."""

    version = models.PositiveIntegerField(default=1)
    """Counts the changes of the document."""
    document = JsonText(default=dict)
    """As `approvals.policy.document.PolicyDocument` says."""
    is_for_operations = models.BooleanField(default=False)
    """It decides on the operations of the tenant; the platform's on those of tenants that have none."""

    class Meta(_Owned.Meta):
        verbose_name_plural = "policies"
        constraints = (
            models.UniqueConstraint(fields=["tenant", "name"], name="policy_once_a_tenant"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(tenant=None), name="policy_once_on_the_platform"
            ),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_for_operations=True), name="policy_for_operations_once"
            ),
            models.UniqueConstraint(
                fields=["is_for_operations"],
                condition=Q(is_for_operations=True, tenant=None),
                name="policy_for_operations_once_on_the_platform",
            ),
        )


class Delegation(models.Model):
    """`owner` is away, and `delegate` may answer in their place. It is ended, never deleted: answers lean on it."""

    tenant_path: ClassVar[str | None] = "owner__tenant_id"
    owner_path: ClassVar[str | None] = "owner_id"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="delegations")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="stands_in_for")
    start = models.DateTimeField()
    until = models.DateTimeField()
    reason = NameField(max_length=300, blank=True)
    created_by = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-start", "-id")
        indexes = (models.Index(fields=["owner", "until"], name="delegation_in_force"),)
        constraints = (
            models.CheckConstraint(condition=Q(until__gte=models.F("start")), name="delegation_has_a_time"),
            models.CheckConstraint(condition=~Q(owner=models.F("delegate")), name="delegation_to_another"),
        )

    def __str__(self) -> str:
        return f"{self.delegate_id} for {self.owner_id}"
