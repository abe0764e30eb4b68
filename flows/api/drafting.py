"""What the editor asks about a drawing, and starting it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import idempotent
from accounts.roles import Permission
from flows.api.answers import (
    DryRunSerializer,
    PreviewAnswerSerializer,
    StartedSerializer,
    ValidationSerializer,
    WiringAnswerSerializer,
)
from flows.api.base import FlowView, body_of, drawing_of
from flows.api.serializers import (
    CheckSerializer,
    PreviewSerializer,
    RunNowSerializer,
    SampleSerializer,
    WiringSerializer,
)
from flows.services import drafting
from flows.services.samples import choose_sample
from flows.services.starting import start_flow


class DraftingViewSet(FlowView):
    """Answers about a drawing. None of these has an effect, except `run`."""

    needs = {
        "validate": Permission.edit_flows,
        "wiring": Permission.edit_flows,
        "preview": Permission.edit_flows,
        "dry_run": Permission.run_flows,
        "run": Permission.run_flows,
    }

    @extend_schema(request=CheckSerializer, responses=ValidationSerializer)
    @action(detail=True, methods=["post"])
    def validate(self, request: Request, pk: str) -> Response:
        """All problems, and what the record looks like at each node: `{ok, problems, shapes}`."""
        flow, values = self.flow(), body_of(request, CheckSerializer)
        found = drafting.validate(drawing_of(values, flow), flow.tenant_id)
        return Response(ValidationSerializer(found).data)

    @extend_schema(request=WiringSerializer, responses=WiringAnswerSerializer)
    @action(detail=True, methods=["post"])
    def wiring(self, request: Request, pk: str) -> Response:
        """Where a wire may go, and why not elsewhere: `{targets}` from a port, `{sources}` to a node."""
        flow, values = self.flow(), body_of(request, WiringSerializer)
        drawing = drawing_of(values, flow)
        if "to" in values:
            answer: Any = {"sources": drafting.wiring_to(drawing, flow.tenant_id, values["to"])}
        else:
            found = drafting.wiring_from(drawing, flow.tenant_id, values["from"], values["port"])
            answer = {"targets": found}
        return Response(WiringAnswerSerializer(answer).data)

    @extend_schema(request=PreviewSerializer, responses=PreviewAnswerSerializer)
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, pk: str) -> Response:
        """What a config field renders to: `{value, text, type, sample_name, error}`."""
        flow, values = self.flow(), body_of(request, PreviewSerializer)
        drawing = drawing_of(values, flow)
        sample = choose_sample(
            self.actor,
            drawing,
            flow.tenant_id,
            payload=values.get("payload"),
            event_id=values.get("event_id"),
        )
        found = drafting.preview(
            drawing, flow.tenant_id, node=values["node"], field=values["field"], sample=sample
        )
        return Response(PreviewAnswerSerializer(found).data)

    @extend_schema(request=SampleSerializer, responses=DryRunSerializer)
    @action(detail=True, methods=["post"], url_path="dry-run")
    def dry_run(self, request: Request, pk: str) -> Response:
        """Each node's input, output and what it would do: `{status, steps, sample_name}`. Nothing happens outside."""
        flow, values = self.flow(), body_of(request, SampleSerializer)
        drawing = drawing_of(values, flow)
        sample = choose_sample(
            self.actor,
            drawing,
            flow.tenant_id,
            payload=values.get("payload"),
            event_id=values.get("event_id"),
        )
        return Response(DryRunSerializer(drafting.try_out(drawing, flow.tenant_id, sample)).data)

    @extend_schema(request=RunNowSerializer, responses={202: StartedSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def run(self, request: Request, pk: str) -> Response:
        """Run the published version with a payload: `{run, event}`."""
        flow, values = self.flow(), body_of(request, RunNowSerializer)
        accepted = start_flow(
            actor=self.actor, flow=flow, payload=values["payload"], is_test=values["is_test"]
        )
        return Response({"run": str(accepted.runs[0]), "event": str(accepted.id)}, status=202)
