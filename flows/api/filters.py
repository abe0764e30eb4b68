"""What lists of flows, runs and events can be narrowed by: these names and no others."""

import django_filters

from accounts.api.filters import MomentFilter, YesNoFilter
from flows.models import Event, Flow, Run


class FlowFilter(django_filters.FilterSet):
    """`q` in the name; on or off."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=200)
    is_enabled = YesNoFilter()

    class Meta:
        model = Flow
        fields = ()


class RunFilter(django_filters.FilterSet):
    """By flow, status, event type and time of acceptance."""

    flow = django_filters.UUIDFilter(field_name="flow_id")
    status = django_filters.ChoiceFilter(choices=Run.Status.choices)
    event_type = django_filters.CharFilter(field_name="event__type", max_length=100)
    event = django_filters.UUIDFilter(field_name="event_id")
    since = MomentFilter(field_name="created_at", lookup_expr="gte")
    until = MomentFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Run
        fields = ()


class EventFilter(django_filters.FilterSet):
    """By type, source and time."""

    type = django_filters.CharFilter(max_length=100)
    source = django_filters.CharFilter(max_length=100)
    since = MomentFilter(field_name="accepted_at", lookup_expr="gte")
    until = MomentFilter(field_name="accepted_at", lookup_expr="lt")
    q = django_filters.CharFilter(field_name="payload", lookup_expr="icontains", max_length=200)

    class Meta:
        model = Event
        fields = ()
