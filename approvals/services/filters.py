"""What lists of tasks and policies can be narrowed by: these names and no others, for pages and API alike."""

from datetime import UTC, datetime

import django_filters
from django.db.models import Q, QuerySet

from accounts.actors import actor_of
from accounts.services.filters import MomentFilter, SearchFilter, YesNoFilter
from approvals.models import BusinessCalendar, Delegation, Delivery, Policy, ReviewGroup, Task
from approvals.services.asking import asked_of


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
    is_asked = YesNoFilter(method="asked")

    class Meta:
        model = Task
        fields = ()

    def asked(self, rows: QuerySet[Task], name: str, value: bool) -> QuerySet[Task]:
        """Those that a policy asks the caller about now, in whosever place, or the others."""
        mine = Q(id__in=asked_of(actor_of(self.request)).values("task"))
        return rows.filter(mine if value else ~mine)

    def due(self, rows: QuerySet[Task], name: str, value: bool) -> QuerySet[Task]:
        """Those whose policy has to be looked at by now, or the others."""
        late = {"due_at__lte": datetime.now(UTC)}
        return rows.filter(**late) if value else rows.exclude(**late)


class GroupFilter(django_filters.FilterSet):
    """`q` in name or description."""

    q = SearchFilter("name", "description")

    class Meta:
        model = ReviewGroup
        fields = ()


class CalendarFilter(django_filters.FilterSet):
    """`q` in name, description or zone."""

    q = SearchFilter("name", "description", "zone")

    class Meta:
        model = BusinessCalendar
        fields = ()


class PolicyFilter(django_filters.FilterSet):
    """`q` in name or description; for operations or not."""

    q = SearchFilter("name", "description")
    is_for_operations = YesNoFilter()

    class Meta:
        model = Policy
        fields = ()


class DelegationFilter(django_filters.FilterSet):
    """By owner and delegate; over or not."""

    owner = django_filters.NumberFilter(field_name="owner_id", min_value=1, max_value=2**62)
    delegate = django_filters.NumberFilter(field_name="delegate_id", min_value=1, max_value=2**62)
    is_over = YesNoFilter(method="of_past")

    class Meta:
        model = Delegation
        fields = ()

    def of_past(self, rows: QuerySet[Delegation], name: str, value: bool) -> QuerySet[Delegation]:
        """Those that are over, or those that are not."""
        now = datetime.now(UTC)
        return rows.filter(until__lte=now) if value else rows.filter(until__gt=now)


class DeliveryFilter(django_filters.FilterSet):
    """By where it stands, and by what it tells of."""

    state = django_filters.MultipleChoiceFilter(choices=Delivery.State.choices)
    task = django_filters.UUIDFilter(field_name="tasks")

    class Meta:
        model = Delivery
        fields = ()


class TaskPageFilter(TaskFilter):
    """The page chooses one type at a time."""

    type = django_filters.ChoiceFilter(choices=Task.Type.choices)
