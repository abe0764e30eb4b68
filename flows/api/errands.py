"""Questions that only a worker can answer: asked with a POST, read here when the answer took longer."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import actor_of
from accounts.api.strict import StrictSerializer
from accounts.roles import Permission
from flows.api.answers import Answer, JsonField, NodeErrorField
from flows.api.base import FlowView, body_of
from flows.api.serializers import PayloadField
from flows.models import Errand
from flows.services import errands
from flows.services.choices import MAX_SEARCH, ask_choices
from flows.services.credentials import credential_store


class ErrandSerializer(Answer):
    """A question to a worker: `done` with its answer, `failed` with an error, else not answered yet."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    status = serializers.ChoiceField(choices=Errand.Status.values)
    answer = JsonField()
    error = NodeErrorField(allow_null=True)


class ChoicesSerializer(StrictSerializer):
    """The field whose list is wanted, and the form as it is filled in."""

    type = serializers.CharField(max_length=100, help_text="The node type.")
    config = PayloadField()
    field = serializers.CharField(max_length=500, help_text="Its dotted path in the config.")
    search = serializers.CharField(max_length=MAX_SEARCH, required=False, allow_blank=True, default="")


def answer_of(errand: Errand) -> Response:
    """The answer when it comes within a second; 202 and where to ask again when it does not."""
    told = errands.wait_for(errand)
    body = ErrandSerializer(told).data
    if told.is_over:
        return Response(body)
    return Response(body, status=202, headers={"Location": f"/api/v1/errands/{told.id}/"})


class ErrandView(APIView):
    """One question."""

    needs: ClassVar[dict[str, Permission]] = {"get": Permission.edit_flows}

    @extend_schema(responses=ErrandSerializer)
    def get(self, request: Request, pk: str) -> Response:
        """How it stands, and the answer once there is one. It is kept for some minutes."""
        return Response(ErrandSerializer(errands.errand_for(actor_of(request), pk)).data)


class UsableCredentialSerializer(Answer):
    """A credential that the flow may use, with the state that its last test found."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    type = serializers.CharField()
    type_label = serializers.CharField()
    state = serializers.CharField()
    state_text = serializers.CharField(allow_blank=True)
    is_platform = serializers.BooleanField()


class ChoicesViewSet(FlowView):
    """The lists of the editor's fields."""

    needs = {"choices": Permission.edit_flows, "credentials": Permission.edit_flows}

    @extend_schema(responses=UsableCredentialSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def credentials(self, request: Request, pk: str) -> Response:
        """The credentials of the flow's owner, and those of the platform that it may use."""
        found = credential_store().listed(self.flow().tenant_id)
        return Response(UsableCredentialSerializer(found, many=True).data)

    @extend_schema(request=ChoicesSerializer, responses={200: ErrandSerializer, 202: ErrandSerializer})
    @action(detail=True, methods=["post"])
    def choices(self, request: Request, pk: str) -> Response:
        """What a field may hold, asked of the outside system: `{choices: [{value, label, help}], is_cut}`."""
        flow, values = self.flow(), body_of(request, ChoicesSerializer)
        node_type = values.pop("type")
        return answer_of(ask_choices(self.actor, flow, node_type=node_type, **values))
