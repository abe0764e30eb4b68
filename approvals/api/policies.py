"""Policies, groups, calendars and delegations over the API."""

from typing import Any, TypeVar

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.api.viewsets import ScopedViewSet
from accounts.models import Tenant
from accounts.roles import Permission
from accounts.services.tenants import listed as listed_tenants
from accounts.services.users import listed as listed_users
from approvals.api.policy_bodies import (
    CalendarSerializer,
    DelegationSerializer,
    GroupSerializer,
    PolicySerializer,
    PreviewRequestSerializer,
    PreviewSerializer,
)
from approvals.models import BusinessCalendar, Delegation, Policy, ReviewGroup
from approvals.services import calendars, delegations, groups, policy_editing
from approvals.services.filters import CalendarFilter, DelegationFilter, GroupFilter, PolicyFilter
from approvals.services.trying import TriedAnswer, preview
from common.problems import forbidden
from flows.api.base import body_of

M = TypeVar("M", bound=Model)
READ_AND_WRITE = {
    "list": Permission.view,
    "retrieve": Permission.view,
    "create": Permission.manage_workflow,
    "partial_update": Permission.manage_workflow,
    "destroy": Permission.manage_workflow,
}


class OwnedViewSet(ScopedViewSet[M]):
    """Things of a tenant or the platform, by name."""

    ordering = ("name", "id")
    needs = READ_AND_WRITE

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        """With what the actor can reach as the choices; anything else is unknown."""
        serializer = super().get_serializer(*args, **kwargs)
        fields = getattr(serializer, "fields", {})
        if "tenant" in fields and not getattr(self, "swagger_fake_view", False):
            fields["tenant"].queryset = listed_tenants(self.actor)
            if "members" in fields:
                fields["members"].child_relation.queryset = listed_users(self.actor)
        return serializer

    def owned_values(self, row: M | None = None) -> dict[str, Any]:
        """The body's values; the owner as `tenant_id`, of a new row only.

        Raises:
            Problem: 403 `not_allowed`, `owner_stays`.
        """
        values = self.checked(row, partial=row is not None)
        if row is None:
            tenant: Tenant | None = values.pop("tenant", None)
            if tenant is not None and not self.actor.is_platform and tenant.pk != self.actor.tenant_id:
                raise forbidden("not_allowed", "Only the platform's people choose the owner.")
            values["tenant_id"] = tenant.pk if tenant else None
        elif "tenant" in values and values.pop("tenant") != getattr(row, "tenant", None):
            raise forbidden("owner_stays", "The owner stays.")
        if "members" in values:
            values["members"] = [user.pk for user in values["members"]]
        return values


class GroupViewSet(OwnedViewSet[ReviewGroup]):
    """People who are asked together."""

    rows = staticmethod(groups.groups_in_reach)
    serializer_class = GroupSerializer
    filterset_class = GroupFilter

    def create(self, request: Request) -> Response:
        """Make a group."""
        return self.shown(groups.create_group(actor=self.actor, **self.owned_values()), 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a group; tasks that wait already ask whom they asked."""
        group = self.get_object()
        return self.shown(groups.change_group(actor=self.actor, group=group, **self.owned_values(group)))

    def destroy(self, request: Request, pk: str) -> Response:
        """Take a group away; refused while policies ask it."""
        groups.delete_group(actor=self.actor, group=self.get_object())
        return Response(status=204)


class CalendarViewSet(OwnedViewSet[BusinessCalendar]):
    """When somebody is at work. The platform's calendars are for everybody to use."""

    rows = staticmethod(calendars.calendars_in_reach)
    serializer_class = CalendarSerializer
    filterset_class = CalendarFilter

    def create(self, request: Request) -> Response:
        """Make a calendar; without hours it is nine to five, Monday to Friday."""
        return self.shown(calendars.create_calendar(actor=self.actor, **self.owned_values()), 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a calendar; tasks that wait already keep their deadlines."""
        row = self._own()
        return self.shown(calendars.change_calendar(actor=self.actor, calendar=row, **self.owned_values(row)))

    def destroy(self, request: Request, pk: str) -> Response:
        """Take a calendar away; refused while policies count by it."""
        calendars.delete_calendar(actor=self.actor, calendar=self._own())
        return Response(status=204)

    def _own(self) -> BusinessCalendar:
        row = self.get_object()
        if row.pk not in calendars.changeable_among(self.actor, [row]):
            raise forbidden("not_allowed", "This calendar is the platform's.", hint="Make one of your own.")
        return row


class PolicyViewSet(OwnedViewSet[Policy]):
    """Who decides on tasks, and by when."""

    rows = staticmethod(policy_editing.policies_in_reach)
    serializer_class = PolicySerializer
    filterset_class = PolicyFilter
    needs = {**READ_AND_WRITE, "preview": Permission.manage_workflow}

    def create(self, request: Request) -> Response:
        """Make a policy."""
        return self.shown(policy_editing.create_policy(actor=self.actor, **self.owned_values()), 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a policy; tasks that wait already keep the one that they have."""
        policy = self.get_object()
        values = self.owned_values(policy)
        return self.shown(policy_editing.change_policy(actor=self.actor, policy=policy, **values))

    def destroy(self, request: Request, pk: str) -> Response:
        """Take a policy away; tasks that wait keep their copy."""
        policy_editing.delete_policy(actor=self.actor, policy=self.get_object())
        return Response(status=204)

    @extend_schema(request=PreviewRequestSerializer, responses=PreviewSerializer)
    @action(detail=False, methods=["post"], pagination_class=None, filterset_class=None)
    def preview(self, request: Request) -> Response:
        """What a document means, in sentences, and what happens to a task when these answers come."""
        body = body_of(request, PreviewRequestSerializer)
        document = policy_editing.checked_document(body["document"])
        answers = [TriedAnswer(**one) for one in body.get("answers", [])[:100]]
        found = preview(self.actor, document, self.actor.tenant_id, answers)
        return Response(PreviewSerializer(found).data)


class DelegationViewSet(ScopedViewSet[Delegation]):
    """Who answers in whose place, and when: the own ones, and all for whoever changes policies."""

    rows = staticmethod(delegations.delegations_in_reach)
    serializer_class = DelegationSerializer
    filterset_class = DelegationFilter
    ordering = ("-start", "-id")
    needs = {
        "list": Permission.view_tasks,
        "retrieve": Permission.view_tasks,
        "create": Permission.view_tasks,
        "end": Permission.view_tasks,
    }

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        """With people in reach as the choices."""
        serializer = super().get_serializer(*args, **kwargs)
        fields = getattr(serializer, "fields", {})
        if "owner" in fields and not getattr(self, "swagger_fake_view", False):
            fields["owner"].queryset = fields["delegate"].queryset = delegations.people(self.actor)
        return serializer

    def create(self, request: Request) -> Response:
        """Say who stands in: for oneself, or for others by whoever changes policies."""
        values = self.checked()
        owner = values.pop("owner", None) or delegations.myself(self.actor)
        made = delegations.delegate(actor=self.actor, owner=owner, to=values.pop("delegate"), **values)
        return self.shown(made, 201)

    @extend_schema(request=None, responses=DelegationSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """End it now."""
        return self.shown(delegations.end_delegation(actor=self.actor, delegation=self.get_object()))
