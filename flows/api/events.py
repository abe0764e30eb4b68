"""Events that arrived, and event types."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import actor_of
from accounts.api.viewsets import ScopedViewSet
from accounts.roles import Permission
from flows.api.answers import Answer, EventTypeAnswerSerializer, NodeTypeSerializer
from flows.api.base import body_of
from flows.api.event_serializers import (
    EventDetailSerializer,
    EventSerializer,
    EventTypeChangeSerializer,
    EventTypeSerializer,
)
from flows.models import Event
from flows.sdk.loading import broken_apps, broken_modules
from flows.services import event_types, known_types
from flows.services.catalogue import flow_settings_schema, list_node_types
from flows.services.event_reading import event_for, listed, outcomes_of
from flows.services.filters import EventFilter


class EventViewSet(ScopedViewSet[Event]):
    """Events, newest first. They are sent with POST to the same address, which the intake answers."""

    rows = staticmethod(listed)
    serializer_class = EventSerializer
    filterset_class = EventFilter
    lookup_value_converter = "uuid"
    needs = {"list": Permission.view, "retrieve": Permission.view}

    @extend_schema(responses=EventDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """An event with its payload, what it started, and why other flows did not start."""
        event = event_for(self.actor, pk)
        context = {**self.get_serializer_context(), "outcomes": outcomes_of(event, self.actor)}
        return Response(EventDetailSerializer(event, context=context).data)


class NodeTypesView(APIView):
    """Node types."""

    needs: ClassVar[dict[str, Permission]] = {"get": Permission.view}

    @extend_schema(operation_id="node_types_list", responses={200: NodeTypeSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Every node type with ports, and the JSON Schema from which its form is made."""
        return Response(NodeTypeSerializer(list_node_types(), many=True).data)


class FlowSettingsView(APIView):
    """What holds for a flow as a whole."""

    needs: ClassVar[dict[str, Permission]] = {"get": Permission.view}

    @extend_schema(responses={200: {"$ref": "#/components/schemas/FormSchema"}})
    def get(self, request: Request) -> Response:
        """The JSON Schema of a flow's settings, from which their form is made."""
        return Response(flow_settings_schema())


class BrokenModuleSerializer(Answer):
    """A module that could not be loaded: its name, the package that it came with, and one line that says why."""

    module = serializers.CharField()
    package = serializers.CharField()
    error = serializers.CharField()


class BrokenModulesView(APIView):
    """What of the installed packages is not available."""

    needs: ClassVar[dict[str, Permission]] = {"get": Permission.edit_flows}

    @extend_schema(operation_id="broken_modules_list", responses={200: BrokenModuleSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Every module that could not be loaded, and why; its types are missing from the other lists."""
        broken = (*broken_apps, *broken_modules)
        return Response(BrokenModuleSerializer(broken, many=True).data)


class EventTypesView(APIView):
    """Event types."""

    needs: ClassVar[dict[str, Permission]] = {"get": Permission.view, "post": Permission.edit_flows}

    @extend_schema(operation_id="event_types_list", responses={200: EventTypeAnswerSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Every event type in reach with schema and sample."""
        kinds = known_types.list_event_types(actor_of(request))
        return Response(EventTypeAnswerSerializer(kinds, many=True).data)

    @extend_schema(request=EventTypeSerializer, responses={201: EventTypeAnswerSerializer})
    def post(self, request: Request) -> Response:
        """Define an event type from a JSON Schema or from an example payload."""
        values = body_of(request, EventTypeSerializer)
        made = event_types.define(actor=actor_of(request), **values)
        return Response(EventTypeAnswerSerializer(known_types.of_definition(made)).data, status=201)


class EventTypeView(APIView):
    """One event type."""

    needs: ClassVar[dict[str, Permission]] = {
        "get": Permission.view,
        "put": Permission.edit_flows,
        "delete": Permission.edit_flows,
    }

    @extend_schema(responses=EventTypeAnswerSerializer)
    def get(self, request: Request, name: str) -> Response:
        """The event type with schema and sample."""
        kind = known_types.event_type_for(actor_of(request), name)
        return Response(EventTypeAnswerSerializer(kind).data)

    @extend_schema(request=EventTypeChangeSerializer, responses=EventTypeAnswerSerializer)
    def put(self, request: Request, name: str) -> Response:
        """Change an event type of one's own."""
        actor = actor_of(request)
        definition = event_types.definition_for(actor, name)
        values = body_of(request, EventTypeChangeSerializer)
        changed = event_types.redefine(actor=actor, definition=definition, **values)
        return Response(EventTypeAnswerSerializer(known_types.of_definition(changed)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, name: str) -> Response:
        """Take an event type of one's own away."""
        actor = actor_of(request)
        event_types.undefine(actor=actor, definition=event_types.definition_for(actor, name))
        return Response(status=204)
