"""What lists of tasks can be narrowed by: these names and no others, for pages and API alike."""

from datetime import UTC, datetime

import django_filters
from django.db.models import QuerySet

from accounts.services.filters import MomentFilter, SearchFilter, YesNoFilter
from approvals.models import Task


class TaskFilter(django_filters.FilterSet):
    """`q` in title, text, server or requester; what it is, where it stands, whose it is, when it was asked for."""

    q = SearchFilter("title", "text", "server__hostname", "requester_name")
    type = django_filters.MultipleChoiceFilter(choices=Task.Type.choices)
    state = django_filters.MultipleChoiceFilter(choices=Task.State.choices)
    tenant = django_filters.NumberFilter(field_name="tenant_id", min_value=1, max_value=2**62)
    requester = django_filters.NumberFilter(field_name="requester_id", min_value=1, max_value=2**62)
    server = django_filters.NumberFilter(field_name="server_id", min_value=1, max_value=2**62)
    run = django_filters.UUIDFilter(field_name="run_id")
    batch = django_filters.UUIDFilter()
    since = MomentFilter(field_name="created_at", lookup_expr="gte")
    until = MomentFilter(field_name="created_at", lookup_expr="lt")
    is_due = YesNoFilter(method="due")

    class Meta:
        model = Task
        fields = ()

    def due(self, rows: QuerySet[Task], name: str, value: bool) -> QuerySet[Task]:
        """Those whose policy has to be looked at by now, or the others."""
        late = {"due_at__lte": datetime.now(UTC)}
        return rows.filter(**late) if value else rows.exclude(**late)
