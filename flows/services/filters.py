"""What lists of flows, runs and events can be narrowed by: these names and no others, for pages and API alike."""

import django_filters
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from accounts.services.filters import LONGEST_SEARCH, MomentFilter, RangeFilter, SearchFilter, YesNoFilter
from common.ids import uuid_from
from flows.models import Event, Flow, Run


class FlowFilter(django_filters.FilterSet):
    """`q` in name, description or event type; on or off."""

    q = SearchFilter("name", "description", "trigger__event_type")
    is_enabled = YesNoFilter()

    class Meta:
        model = Flow
        fields = ()


class FlowPageFilter(FlowFilter):
    """The page has one choice of states."""

    STATES = {"on": "On", "off": "Off", "unpublished": "With unpublished changes"}

    state = django_filters.ChoiceFilter(choices=list(STATES.items()), method="in_state")

    def in_state(self, rows: QuerySet[Flow], name: str, value: str) -> QuerySet[Flow]:
        """On, off, or with a draft that differs from what is published."""
        if value == "unpublished":
            return rows.exclude(published__isnull=False, draft=F("published__document"))
        return rows.filter(is_enabled=value == "on")


class RunFilter(django_filters.FilterSet):
    """By flow, status, event, event type and time of acceptance; `q` as the list of runs searches."""

    flow = django_filters.UUIDFilter(field_name="flow_id")
    status = django_filters.ChoiceFilter(choices=Run.Status.choices)
    event_type = django_filters.CharFilter(method="of_event_type", max_length=100)
    event = django_filters.UUIDFilter(field_name="event_id")
    since = MomentFilter(field_name="created_at", lookup_expr="gte", asks_ids=True)
    until = MomentFilter(field_name="created_at", lookup_expr="lt", asks_ids=True)
    q = django_filters.CharFilter(method="search", max_length=LONGEST_SEARCH)

    class Meta:
        model = Run
        fields = ()

    def of_event_type(self, rows: QuerySet[Run], name: str, value: str) -> QuerySet[Run]:
        """Asked beside the rows: joined, the database may no longer read the newest runs off an index."""
        return rows.filter(_event(type=value))

    def search(self, rows: QuerySet[Run], name: str, value: str) -> QuerySet[Run]:
        """The id of a run or an event; else anywhere in subject, flow, event type or error."""
        exact = uuid_from(value)
        if exact is not None:
            return rows.filter(Q(id=exact) | Q(event_id=exact))
        return rows.annotate(error_text=Cast("error", TextField())).filter(
            Q(subject__icontains=value)
            | Q(Exists(Flow.objects.filter(pk=OuterRef("flow_id"), name__icontains=value)))
            | Q(_event(type__icontains=value))
            | Q(error_text__icontains=value)
        )


def _event(**wanted: str) -> Exists:
    return Exists(Event.objects.filter(pk=OuterRef("event_id"), **wanted))


class RunPageFilter(RunFilter):
    """The page also takes `range`."""

    range = RangeFilter(RunFilter.base_filters["since"])


class EventFilter(django_filters.FilterSet):
    """By type, source and time; `q` is an id, a dedup key, or text in type or payload."""

    type = django_filters.CharFilter(max_length=100)
    source = django_filters.CharFilter(max_length=100)
    since = MomentFilter(field_name="accepted_at", lookup_expr="gte", asks_ids=True)
    until = MomentFilter(field_name="accepted_at", lookup_expr="lt", asks_ids=True)
    q = django_filters.CharFilter(method="search", max_length=LONGEST_SEARCH)

    class Meta:
        model = Event
        fields = ()

    def search(self, rows: QuerySet[Event], name: str, value: str) -> QuerySet[Event]:
        """Ids and dedup keys whole, text anywhere."""
        exact = uuid_from(value)
        if exact is not None:
            return rows.filter(id=exact)
        found = rows.annotate(payload_text=Cast("payload", TextField()))
        return found.filter(Q(dedup_key=value) | Q(type__icontains=value) | Q(payload_text__icontains=value))


class EventPageFilter(EventFilter):
    """The page also takes `range`, and whether the event started something."""

    RESULTS = {"started": "Started a run", "nothing": "Started nothing"}

    range = RangeFilter(EventFilter.base_filters["since"])
    result = django_filters.ChoiceFilter(choices=list(RESULTS.items()), method="with_result")

    def with_result(self, rows: QuerySet[Event], name: str, value: str) -> QuerySet[Event]:
        """Whether it started a run."""
        return rows.filter(run_count__gt=0) if value == "started" else rows.filter(run_count=0)
