"""The tables that can do more over the API than their columns say."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.roles import Permission
from common.problems import bad_value
from inventory import tables
from inventory.api.serializers import (
    AmountSerializer,
    AssignmentSerializer,
    BalanceEntrySerializer,
    MessageSerializer,
    NewTicketSerializer,
    ServerSerializer,
    serializer_for,
)
from inventory.api.viewsets import NEEDS, TableViewSet, needs_of
from inventory.services import balances, servers, tags, tickets
from inventory.services.reach import rows_of

READS_BALANCES = (Permission.view_own, Permission.balances)
READS_TICKETS = (Permission.view_own, Permission.write_tickets)


@extend_schema_view(
    list=extend_schema(parameters=[OpenApiParameter("deleted", bool, description="Only deleted servers")])
)
class ServerViewSet(TableViewSet):
    """Servers. Deleting one marks it as deleted and gives its addresses back."""

    table = tables.SERVER
    serializer_class = ServerSerializer
    needs = needs_of(Permission.view_own)

    def get_queryset(self) -> QuerySet[Any]:
        """Servers that are there, or with `?deleted=true` those that are not, with what belongs to them."""
        is_asked = self.action == "list" and self.request.query_params.get("deleted") in ("true", "1")
        return servers.with_parts(rows_of(self.table, self.reader, deleted=is_asked))


class BalanceViewSet(TableViewSet):
    """Balances. Setting one adds or removes the difference."""

    table = tables.BALANCE
    needs = {
        **needs_of(*READS_BALANCES),
        **dict.fromkeys(("create", "partial_update", "add", "remove"), Permission.balances),
        "entries": READS_BALANCES,
    }

    @extend_schema(request=AmountSerializer, responses=serializer_for(tables.BALANCE))
    @action(detail=True, methods=["post"])
    def add(self, request: Request, pk: str) -> Response:
        """Add to what the user has."""
        changed = balances.add_balance(self.get_object().user, actor=self.actor, **self._amount())
        return self.shown(changed)

    @extend_schema(request=AmountSerializer, responses=serializer_for(tables.BALANCE))
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> Response:
        """Remove from what the user has."""
        changed = balances.remove_balance(self.get_object().user, actor=self.actor, **self._amount())
        return self.shown(changed)

    @extend_schema(responses=BalanceEntrySerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def entries(self, request: Request, pk: str) -> Response:
        """Every change of the balance, newest first."""
        page = self.paginate_queryset(self.get_object().entries.all())
        shown = BalanceEntrySerializer(page, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(shown.data)

    def _amount(self) -> dict[str, Any]:
        body = AmountSerializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter("resource_type", str, description="Only tags on a thing of this type"),
            OpenApiParameter("resource_id", int, description="and with this id"),
        ]
    )
)
class TagViewSet(TableViewSet):
    """Tags."""

    table = tables.TAGS
    needs = {
        **NEEDS,
        "assign": Permission.manage_inventory,
        "unassign": Permission.manage_inventory,
        "assignments": Permission.view_inventory,
    }

    def get_queryset(self) -> QuerySet[Any]:
        """All tags, or those on one thing."""
        rows = super().get_queryset()
        asked = {
            name: self.request.query_params[name]
            for name in ("resource_type", "resource_id")
            if name in self.request.query_params
        }
        if self.action != "list" or not asked:
            return rows
        body = AssignmentSerializer(data=asked)
        if not body.is_valid():
            raise bad_value(
                "invalid",
                "resource_type and resource_id go together: a known type and a whole number.",
                hint="Ask with both, such as ?resource_type=server&resource_id=7.",
                field=next(iter(body.errors)),
            )
        return tags.on_thing(rows, **body.validated_data)

    @extend_schema(request=AssignmentSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        """Put the tag on a thing."""
        tags.assign(self.get_object(), actor=self.actor, **self._resource())
        return Response(status=204)

    @extend_schema(request=AssignmentSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def unassign(self, request: Request, pk: str) -> Response:
        """Take the tag off a thing."""
        tags.unassign(self.get_object(), actor=self.actor, **self._resource())
        return Response(status=204)

    @extend_schema(responses=AssignmentSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def assignments(self, request: Request, pk: str) -> Response:
        """The things that carry the tag."""
        page = self.paginate_queryset(self.get_object().assignments.all())
        return self.get_paginated_response(AssignmentSerializer(page, many=True).data)

    def _resource(self) -> dict[str, Any]:
        body = AssignmentSerializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class TicketViewSet(TableViewSet):
    """Tickets."""

    table = tables.TICKETS
    needs = {
        **needs_of(*READS_TICKETS),
        **dict.fromkeys(("create", "write_message"), Permission.write_tickets),
        "messages": READS_TICKETS,
    }

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """A new ticket has its first message in `content`."""
        if self.action == "create":
            return NewTicketSerializer
        return super().get_serializer_class()

    def create(self, request: Request) -> Response:
        """Open a ticket; a customer's is the customer's own."""
        values = self.checked()
        if self.actor.is_own_only:
            values["creator"] = request.user
        return self.shown(self.writer.create(actor=self.actor, values=values), status=201)

    @extend_schema(responses=MessageSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def messages(self, request: Request, pk: str) -> Response:
        """The messages, newest first."""
        page = self.paginate_queryset(self.get_object().messages.all())
        return self.get_paginated_response(MessageSerializer(page, many=True).data)

    @extend_schema(request=MessageSerializer, responses={201: MessageSerializer})
    @messages.mapping.post
    def write_message(self, request: Request, pk: str) -> Response:
        """Write a message."""
        ticket, body = self.get_object(), MessageSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        message = tickets.add_message(ticket, actor=self.actor, **body.validated_data)
        return Response(MessageSerializer(message).data, status=201)


VIEWS = (ServerViewSet, BalanceViewSet, TagViewSet, TicketViewSet)
