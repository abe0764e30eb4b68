"""What the views of flows share."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from accounts.actors import Actor, actor_of
from accounts.api.etags import etag
from accounts.roles import Permission
from flows.api.serializers import SavedDraftSerializer
from flows.graph.document import FlowDocument
from flows.models import Flow
from flows.services.flow_reading import flow_for
from flows.services.flows import read_or_refuse
from flows.services.summaries import summaries_of_stored
from flows.services.upgrading import present_drawing


class FlowView(GenericViewSet[Flow]):
    """A view of one flow, which is always looked up through `flow_for`."""

    queryset = Flow.objects.none()
    lookup_value_converter = "uuid"

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def flow(self, permission: Permission = Permission.view) -> Flow:
        return flow_for(self.actor, self.kwargs["pk"], permission)


def body_of(request: Request, serializer: type[BaseSerializer[Any]]) -> dict[str, Any]:
    """The body's values, validated.

    Raises:
        ValidationError: named by field.
    """
    if not isinstance(request.data, dict):
        raise ValidationError("Send a JSON object.")
    checked = serializer(data=request.data)
    checked.is_valid(raise_exception=True)
    values: Any = checked.validated_data
    return values or {}


def draft_answer(flow: Flow) -> Response:
    """The draft with its revision as ETag."""
    drawing = present_drawing(flow.draft)
    body = {
        "document": drawing,
        "summaries": summaries_of_stored(drawing),
        "revision": flow.draft_revision,
        "saved_at": flow.draft_saved_at,
        "saved_by": flow.draft_saved_by,
    }
    return Response(SavedDraftSerializer(body).data, headers={"ETag": etag(flow.draft_revision)})


def drawing_of(values: dict[str, Any], flow: Flow) -> FlowDocument:
    """The drawing that was sent, else the stored draft."""
    document: Any = values.get("document", flow.draft)
    return read_or_refuse(document, is_draft=True)
