"""What lists of jobs can be narrowed by: these names and no others, for pages and API alike."""

import django_filters

from accounts.services.filters import SearchFilter, YesNoFilter
from jobs.models import Command, Job, JobRun, Service


class JobFilter(django_filters.FilterSet):
    """`q` in name or description; kind; on or off; the command or flow that it runs."""

    q = SearchFilter("name", "description")
    kind = django_filters.ChoiceFilter(choices=Job.Kind.choices)
    is_enabled = YesNoFilter()
    command = django_filters.NumberFilter(field_name="command_id", min_value=1, max_value=2**62)
    flow = django_filters.UUIDFilter(field_name="flow_id")

    class Meta:
        model = Job
        fields = ()


class JobRunFilter(django_filters.FilterSet):
    """By job, state, and the flow run beneath."""

    job = django_filters.UUIDFilter(field_name="job_id")
    state = django_filters.ChoiceFilter(choices=JobRun.State.choices)
    run = django_filters.UUIDFilter(field_name="run_id")
    schedule_type = django_filters.CharFilter(max_length=20)

    class Meta:
        model = JobRun
        fields = ()


class CommandFilter(django_filters.FilterSet):
    """`q` in name or description; on or off."""

    q = SearchFilter("name", "description", "executable")
    is_enabled = YesNoFilter()

    class Meta:
        model = Command
        fields = ()


class ServiceFilter(django_filters.FilterSet):
    """`q` in name or description; on or off."""

    q = SearchFilter("name", "description")
    is_enabled = YesNoFilter()

    class Meta:
        model = Service
        fields = ()
