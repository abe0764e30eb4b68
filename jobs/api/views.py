"""Jobs, their runs and approved commands over the API."""

from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.api.idempotency import idempotent
from accounts.api.viewsets import ScopedViewSet
from accounts.roles import Permission
from accounts.services.tenants import listed as listed_tenants
from common.problems import forbidden
from flows.api.base import body_of
from flows.api.runs import place_after
from flows.services.reach import flows_in_reach
from jobs.api.serializers import (
    ActionListSerializer,
    CommandSerializer,
    FollowUpsSerializer,
    JobRunSerializer,
    JobSerializer,
    LaunchSerializer,
    OutputSerializer,
    ServiceSerializer,
)
from jobs.models import Command, Job, JobRun, Service
from jobs.services import commands, jobs, launching, reach, stoppable
from jobs.services.command_reading import commands_in_reach
from jobs.services.filters import CommandFilter, JobFilter, JobRunFilter, ServiceFilter
from jobs.services.follow_ups import MODES, Action, follow_ups, set_follow_ups
from jobs.services.output import output_lines
from jobs.services.stoppable import services_in_reach

MOST_LINES = 1_000


A = TypeVar("A", Command, Service)
_MODE = OpenApiParameter("mode", str, OpenApiParameter.PATH, enum=list(MODES))


class JobViewSet(ScopedViewSet[Job]):
    """Jobs, by name."""

    rows = staticmethod(reach.jobs_in_reach)
    serializer_class = JobSerializer
    filterset_class = JobFilter
    lookup_value_converter = "uuid"
    ordering = ("name", "id")
    needs = {
        "list": Permission.view,
        "retrieve": Permission.view,
        "create": Permission.publish_flows,
        "partial_update": Permission.publish_flows,
        "destroy": Permission.publish_flows,
        "launch": Permission.run_flows,
        "follow_ups": Permission.view,
        "set_follow_ups": Permission.publish_flows,
    }

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        """With what the actor can reach as the choices; anything else is unknown."""
        serializer = super().get_serializer(*args, **kwargs)
        fields = getattr(serializer, "fields", {})
        if "command" in fields and not getattr(self, "swagger_fake_view", False):
            fields["command"].queryset = commands_in_reach(self.actor)
            fields["flow"].queryset = flows_in_reach(self.actor)
            fields["tenant"].queryset = listed_tenants(self.actor)
        return serializer

    def get_serializer_context(self) -> dict[str, Any]:
        """With who asks: some see more."""
        return {**super().get_serializer_context(), "actor": self.reader}

    def create(self, request: Request) -> Response:
        """Make a job."""
        values = self.checked()
        tenant = values.pop("tenant", None)
        if tenant is not None and not self.actor.is_platform and tenant.pk != self.actor.tenant_id:
            raise forbidden("not_allowed", "Only the platform's people choose the owner of a job.")
        tenant_id = None if tenant is None else tenant.pk
        return self.shown(
            jobs.create_job(actor=self.actor, tenant_id=tenant_id, **_without_null(values)), 201
        )

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a job; its runs that are at work keep what they began with."""
        job = self.get_object()
        values = self.checked(job, partial=True)
        if "tenant" in values and values.pop("tenant") != job.tenant:
            raise forbidden("owner_stays", "The owner of a job stays.")
        return self.shown(jobs.change_job(actor=self.actor, job=job, **_without_null(values)))

    def destroy(self, request: Request, pk: str) -> Response:
        """Take a job away with what follows it; what is open of it is cancelled, its runs stay readable."""
        jobs.delete_job(actor=self.actor, job=self.get_object())
        return Response(status=204)

    @extend_schema(request=LaunchSerializer, responses={202: JobRunSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def launch(self, request: Request, pk: str) -> Response:
        """Run the job now, or at a time; what is given is laid over what the job says."""
        job, values = self.get_object(), body_of(request, LaunchSerializer)
        at, reason = values.pop("at", None), values.pop("reason", "")
        how = launching.Launch(at=at, schedule_type="adhoc-api", reason=reason, overrides=values)
        made = launching.launch(actor=self.actor, job=job, how=how)
        return Response(JobRunSerializer(made).data, status=202)

    @extend_schema(parameters=[_MODE], responses=FollowUpsSerializer)
    @action(
        detail=True,
        methods=["get"],
        url_path="follow-ups/<str:mode>",
        pagination_class=None,
        filterset_class=None,
    )
    def follow_ups(self, request: Request, pk: str, mode: str) -> Response:
        """What follows a run that ended in `success` or `failure`, in its order."""
        return Response(FollowUpsSerializer(follow_ups(self.get_object(), mode)).data)

    @extend_schema(parameters=[_MODE], request=ActionListSerializer, responses=FollowUpsSerializer)
    @follow_ups.mapping.put
    def set_follow_ups(self, request: Request, pk: str, mode: str) -> Response:
        """Put a list in its place. It is in force at once, unless something of it has to be mended first."""
        job, values = self.get_object(), body_of(request, ActionListSerializer)
        actions = [Action(**entry) for entry in values["actions"]]
        found = set_follow_ups(actor=self.actor, job=job, mode=mode, actions=actions)
        return Response(FollowUpsSerializer(found).data)


def _without_null(values: dict[str, Any]) -> dict[str, Any]:
    """Null is how those see environment and input who may not: sent back, it changes nothing."""
    return {
        name: value
        for name, value in values.items()
        if not (value is None and name in ("environment", "input"))
    }


class JobRunViewSet(ScopedViewSet[JobRun]):
    """Runs of jobs, newest first."""

    rows = staticmethod(reach.job_runs_in_reach)
    serializer_class = JobRunSerializer
    filterset_class = JobRunFilter
    lookup_value_converter = "uuid"
    needs = {
        "list": Permission.view,
        "retrieve": Permission.view,
        "output": Permission.view,
        "cancel": Permission.run_flows,
    }

    @extend_schema(request=None, responses=JobRunSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop the job run; a command at work is ended within seconds."""
        return self.shown(launching.cancel_job_run(actor=self.actor, job_run=self.get_object()))

    @extend_schema(
        parameters=[OpenApiParameter("after", int, description="Lines behind this place.")],
        responses=OutputSerializer,
    )
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def output(self, request: Request, pk: str) -> Response:
        """Up to 1,000 lines of output: `{results, next}`; ask again with `after=next` while it is not null."""
        lines = output_lines(self.get_object(), after=place_after(request.query_params.get("after", "0")))
        last = lines[-1].seq if len(lines) == MOST_LINES else None
        return Response(OutputSerializer({"results": lines, "next": last}).data)


class ApprovedViewSet(ScopedViewSet[A]):
    """What the platform's admin approves, and others see as far as they may use it."""

    ordering = ("name", "id")
    needs = {
        "list": Permission.view,
        "retrieve": Permission.view,
        "create": Permission.manage_platform,
        "partial_update": Permission.manage_platform,
        "destroy": Permission.manage_platform,
    }

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        """With the tenants that the actor can reach as the choice; any other is unknown."""
        serializer = super().get_serializer(*args, **kwargs)
        tenants = getattr(serializer, "fields", {}).get("tenants")
        if tenants is not None and not getattr(self, "swagger_fake_view", False):
            tenants.child_relation.queryset = listed_tenants(self.actor)
        return serializer

    def get_serializer_context(self) -> dict[str, Any]:
        """With who asks: some see more."""
        return {**super().get_serializer_context(), "actor": self.reader}


class CommandViewSet(ApprovedViewSet[Command]):
    """Commands that the platform's admin approved. Others see those that they may use."""

    rows = staticmethod(commands_in_reach)
    serializer_class = CommandSerializer
    filterset_class = CommandFilter

    def create(self, request: Request) -> Response:
        """Approve a command."""
        return self.shown(commands.create_command(actor=self.actor, **self.checked()), 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what was approved."""
        command = self.get_object()
        values = self.checked(command, partial=True)
        return self.shown(commands.change_command(actor=self.actor, command=command, **values))

    def destroy(self, request: Request, pk: str) -> Response:
        """Take the approval back; refused while jobs name it."""
        commands.delete_command(actor=self.actor, command=self.get_object())
        return Response(status=204)


class ServiceViewSet(ApprovedViewSet[Service]):
    """Services that flows may stop. The platform's admin approves them; others see those that they may use."""

    rows = staticmethod(services_in_reach)
    serializer_class = ServiceSerializer
    filterset_class = ServiceFilter

    def create(self, request: Request) -> Response:
        """Approve a service."""
        return self.shown(stoppable.create_service(actor=self.actor, **self.checked()), 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what was approved."""
        service = self.get_object()
        values = self.checked(service, partial=True)
        return self.shown(stoppable.change_service(actor=self.actor, service=service, **values))

    def destroy(self, request: Request, pk: str) -> Response:
        """Take the approval back."""
        stoppable.delete_service(actor=self.actor, service=self.get_object())
        return Response(status=204)
