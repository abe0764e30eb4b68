"""Publishing, versions, comparing, export and import, and the webhook of a flow."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.etags import wanted_revision
from accounts.api.idempotency import idempotent
from accounts.roles import Permission
from flows.api.base import FlowView, body_of, draft_answer
from flows.api.renderers import document_response
from flows.api.serializers import (
    FlowSerializer,
    ImportSerializer,
    PublishSerializer,
    RotationSerializer,
    SavedDraftSerializer,
    TakenSecretSerializer,
    VersionDocumentSerializer,
    VersionSerializer,
)
from flows.api.version_answers import (
    DiffSerializer,
    HookSerializer,
    ImportPreviewSerializer,
    SecretSerializer,
)
from flows.services import hooks, transfer, versions
from flows.services.flow_reading import flow_for

WHICH = "A version's number, or `draft`."


class VersionViewSet(FlowView):
    """Versions of a flow."""

    needs = {
        "publish": Permission.publish_flows,
        "versions": Permission.view,
        "version": Permission.view,
        "restore": Permission.edit_flows,
        "diff": Permission.view,
        "export": Permission.view,
        "hook": Permission.view,
        "make_hook": Permission.publish_flows,
        "rotate_hook": Permission.publish_flows,
        "take_hook_secret": Permission.publish_flows,
        "end_old_hook_secret": Permission.publish_flows,
        "preview_import": Permission.edit_flows,
        "import_flow": Permission.edit_flows,
    }

    @extend_schema(request=PublishSerializer, responses={201: VersionSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def publish(self, request: Request, pk: str) -> Response:
        """Make the draft at the revision in `If-Match` the version that runs; 422 with all problems otherwise.

        A flow that is off stays off, and one that is on stays on, unless `is_enabled` says otherwise.
        """
        flow, revision = self.flow(), wanted_revision(request)
        values = body_of(request, PublishSerializer)
        version = versions.publish(actor=self.actor, flow=flow, revision=revision, **values)
        return Response(VersionSerializer(version).data, status=201)

    @extend_schema(responses=VersionSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def versions(self, request: Request, pk: str) -> Response:
        """All versions, newest first."""
        return Response(VersionSerializer(versions.listed(self.flow()), many=True).data)

    @extend_schema(responses=VersionDocumentSerializer)
    @action(detail=True, methods=["get"], url_path="versions/<int:number>")
    def version(self, request: Request, pk: str, number: int) -> Response:
        """One version with its drawing."""
        found = versions.version_of(self.flow(), number)
        return Response(VersionDocumentSerializer(found).data)

    @extend_schema(request=None, responses=SavedDraftSerializer)
    @action(detail=True, methods=["post"], url_path="versions/<int:number>/restore")
    def restore(self, request: Request, pk: str, number: int) -> Response:
        """Put a version's drawing into the draft at the revision in `If-Match`."""
        flow = self.flow()
        found = versions.version_of(flow, number)
        flow = versions.restore(actor=self.actor, flow=flow, version=found, revision=wanted_revision(request))
        return draft_answer(flow)

    @extend_schema(
        parameters=[
            OpenApiParameter("from", str, description=WHICH),
            OpenApiParameter("to", str, description=WHICH),
        ],
        responses=DiffSerializer,
    )
    @action(detail=True, methods=["get"])
    def diff(self, request: Request, pk: str) -> Response:
        """What changed between two drawings: added, removed, changed and moved nodes, edges and settings."""
        before, after = request.query_params.get("from", ""), request.query_params.get("to", "draft")
        return Response(DiffSerializer(versions.compare(self.flow(), before, after)).data)

    @extend_schema(
        parameters=[OpenApiParameter("version", str, description=WHICH)],
        responses={(200, "application/json"): OpenApiTypes.OBJECT},
    )
    @action(detail=True, methods=["get"])
    def export(self, request: Request, pk: str) -> Response:
        """The flow document, canonical: the same drawing always gives the same bytes."""
        flow = self.flow()
        which = request.query_params.get("version", "draft")
        raw = versions.exported(flow, which)
        return document_response(raw, f"{transfer.file_name(flow)}.json")

    @extend_schema(responses=HookSerializer)
    @action(detail=True, methods=["get"])
    def hook(self, request: Request, pk: str) -> Response:
        """The webhook of the flow; `url` is null until the flow is published or one is made."""
        return Response(HookSerializer(hooks.describe(self.flow())).data)

    @extend_schema(request=None, responses=HookSerializer)
    @hook.mapping.post
    def make_hook(self, request: Request, pk: str) -> Response:
        """Make the webhook's URL before the flow is published; one that is there stays."""
        return Response(HookSerializer(hooks.make_hook(actor=self.actor, flow=self.flow())).data)

    @extend_schema(request=RotationSerializer, responses=SecretSerializer)
    @action(detail=True, methods=["post"], url_path="hook/rotate")
    def rotate_hook(self, request: Request, pk: str) -> Response:
        """Make a new secret; only this answer shows it: `{secret}`."""
        flow = self.flow()
        values = body_of(request, RotationSerializer)
        return Response({"secret": hooks.rotate_secret(actor=self.actor, flow=flow, **values)})

    @extend_schema(request=TakenSecretSerializer, responses=HookSerializer)
    @action(detail=True, methods=["put"], url_path="hook/secret")
    def take_hook_secret(self, request: Request, pk: str) -> Response:
        """Take the secret that the calling system issued, as Slack and Stripe do; nothing shows it again."""
        flow = self.flow()
        values = body_of(request, TakenSecretSerializer)
        return Response(HookSerializer(hooks.take_secret(actor=self.actor, flow=flow, **values)).data)

    @extend_schema(request=None, responses={200: HookSerializer})
    @action(detail=True, methods=["delete"], url_path="hook/old-secret")
    def end_old_hook_secret(self, request: Request, pk: str) -> Response:
        """Take the secret before no more, from now on."""
        return Response(HookSerializer(hooks.end_old_secret(actor=self.actor, flow=self.flow())).data)

    @extend_schema(request=OpenApiTypes.OBJECT, responses=ImportPreviewSerializer)
    @action(detail=False, methods=["post"], url_path="import/preview")
    def preview_import(self, request: Request) -> Response:
        """What an import of the document in the body would add and need; changes nothing.

        The body may also be that of an import: `document` and `credentials`.
        """
        document, names = _unwrapped(request)
        found = transfer.preview_import(actor=self.actor, document=document, credentials=names)
        return Response(ImportPreviewSerializer(found).data)

    @extend_schema(request=ImportSerializer, responses={200: FlowSerializer, 201: FlowSerializer})
    @action(detail=False, methods=["post"], url_path="import")
    @idempotent
    def import_flow(self, request: Request) -> Response:
        """Make a flow of a document, switched off, as a draft; or replace the draft of `flow` at `If-Match`."""
        values = body_of(request, ImportSerializer)
        into = flow_for(self.actor, values["flow"]) if "flow" in values else None
        flow = transfer.import_flow(
            actor=self.actor,
            document=values["document"],
            name=values.get("name"),
            into=into,
            revision=wanted_revision(request) if into else None,
            credentials=values.get("credentials"),
        )
        return Response(FlowSerializer(flow).data, status=200 if into else 201)


def _unwrapped(request: Request) -> tuple[Any, dict[str, str]]:
    """The document as it came, and the names of credentials."""
    sent: Any = request.data
    if not isinstance(sent, dict) or not {"document"} <= set(sent) <= {"document", "credentials"}:
        return sent, {}
    names = body_of(request, ImportSerializer)["credentials"] if "credentials" in sent else {}
    return sent["document"], names
