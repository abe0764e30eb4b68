"""Flows and their drafts over the API."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.etags import wanted_revision
from accounts.api.idempotency import idempotent
from accounts.api.viewsets import ScopedViewSet
from accounts.roles import Permission
from flows.api.base import body_of, draft_answer
from flows.api.serializers import (
    DraftSerializer,
    FlowChangeSerializer,
    FlowSerializer,
    NewFlowSerializer,
    SavedDraftSerializer,
)
from flows.models import Flow
from flows.services import flows, versions
from flows.services.filters import FlowFilter
from flows.services.flow_reading import flow_for, listed, listed_flow
from flows.services.run_statistics import last_runs


class FlowViewSet(ScopedViewSet[Flow]):
    """Flows. Everything that starts something takes an `Idempotency-Key`."""

    rows = staticmethod(listed)
    serializer_class = FlowSerializer
    filterset_class = FlowFilter
    lookup_value_converter = "uuid"
    needs = {
        "list": Permission.view,
        "retrieve": Permission.view,
        "create": Permission.edit_flows,
        "partial_update": Permission.edit_flows,
        "destroy": Permission.edit_flows,
        "duplicate": Permission.edit_flows,
        "draft": Permission.view,
        "save_draft": Permission.edit_flows,
        "discard": Permission.edit_flows,
    }

    def _flow(self, pk: str) -> Flow:
        return flow_for(self.actor, pk)

    def list(self, request: Request) -> Response:
        """The flows in reach, with their newest runs."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        context = {**self.get_serializer_context(), "last_runs": last_runs([flow.id for flow in page])}
        return self.get_paginated_response(FlowSerializer(page, many=True, context=context).data)

    def _shown(self, flow: Flow, status: int = 200) -> Response:
        context = {**self.get_serializer_context(), "last_runs": last_runs([flow.id])}
        return Response(FlowSerializer(flow, context=context).data, status=status)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One flow."""
        return self._shown(listed_flow(self.actor, pk))

    @extend_schema(request=NewFlowSerializer, responses={201: FlowSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Make a flow with an empty draft."""
        values = body_of(request, NewFlowSerializer)
        return self._shown(flows.create_flow(actor=self.actor, **values), 201)

    @extend_schema(request=FlowChangeSerializer, responses=FlowSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Rename, describe, switch on or off."""
        flow, values = self._flow(pk), body_of(request, FlowChangeSerializer)
        return self._shown(flows.update_flow(actor=self.actor, flow=flow, **values))

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a flow and cancel its open runs."""
        flows.delete_flow(actor=self.actor, flow=self._flow(pk))
        return Response(status=204)

    @extend_schema(request=None, responses={201: FlowSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def duplicate(self, request: Request, pk: str) -> Response:
        """Copy the draft to a new flow, switched off."""
        return self._shown(flows.duplicate_flow(actor=self.actor, flow=self._flow(pk)), 201)

    @extend_schema(responses=SavedDraftSerializer)
    @action(detail=True, methods=["get"])
    def draft(self, request: Request, pk: str) -> Response:
        """The draft; its ETag is the revision."""
        return draft_answer(self._flow(pk))

    @extend_schema(request=DraftSerializer, responses=SavedDraftSerializer)
    @draft.mapping.put
    def save_draft(self, request: Request, pk: str) -> Response:
        """Save a draft that was drawn on the revision in `If-Match`; 412 when someone saved meanwhile."""
        flow, revision = self._flow(pk), wanted_revision(request)
        values = body_of(request, DraftSerializer)
        return draft_answer(
            flows.save_draft(actor=self.actor, flow=flow, document=values["document"], revision=revision)
        )

    @extend_schema(request=None, responses=SavedDraftSerializer)
    @action(detail=True, methods=["post"], url_path="draft/discard")
    def discard(self, request: Request, pk: str) -> Response:
        """Put the published drawing back into the draft."""
        flow = self._flow(pk)
        return draft_answer(
            versions.discard_draft(actor=self.actor, flow=flow, revision=wanted_revision(request))
        )
