"""The tasks, and the things of policies, that the audit trail names."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.audit_names import Named, register, rows_of
from approvals.models import BusinessCalendar, Delegation, Policy, ReviewGroup, Task
from approvals.services.notice_texts import called


def tell() -> None:
    """Say how tasks, policies, groups, calendars and delegations are found."""
    register(
        "task",
        rows_of(
            Task,
            lambda row: Named(called(row), reverse("approvals:task-detail", args=[row.pk])),
            *("title", "type", "server__hostname"),
            related=("server",),
        ),
    )
    register("policy", rows_of(Policy, _linked("approvals:policy-edit"), "name"))
    register("review_group", rows_of(ReviewGroup, _linked("approvals:group-edit"), "name"))
    register("business_calendar", rows_of(BusinessCalendar, _linked("approvals:calendar-edit"), "name"))
    register(
        "delegation",
        rows_of(
            Delegation,
            lambda row: Named(f"{row.delegate.name} for {row.owner.name}"),
            related=("owner", "delegate"),
        ),
    )


def _linked(route: str) -> Callable[[Any], Named]:
    return lambda row: Named(row.name, reverse(route, args=[row.pk]))
