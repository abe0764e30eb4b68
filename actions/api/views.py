"""Credentials and their types over the API."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.idempotency import idempotent
from accounts.api.viewsets import ScopedViewSet
from accounts.roles import Permission
from actions.api.serializers import (
    CredentialChangeSerializer,
    CredentialSerializer,
    CredentialTypeSerializer,
    CredentialUseSerializer,
    NewCredentialSerializer,
    TestSerializer,
)
from actions.models import Credential
from actions.services import credentials
from actions.services.credential_reading import list_credential_types
from actions.services.credential_tests import ask_test
from actions.services.filters import CredentialFilter
from flows.api.base import body_of
from flows.api.errands import ErrandSerializer, answer_of

READ = (Permission.edit_flows, Permission.manage_credentials)
CONFIRM = OpenApiParameter("confirm", bool, description="Do it although flows use it.")


class CredentialViewSet(ScopedViewSet[Credential]):
    """Credentials: one's own, and those of the platform that all tenants may use. Secrets are never read."""

    rows = staticmethod(credentials.listed)
    serializer_class = CredentialSerializer
    filterset_class = CredentialFilter
    needs = {
        "list": READ,
        "retrieve": READ,
        "uses": READ,
        "create": Permission.manage_credentials,
        "partial_update": Permission.manage_credentials,
        "destroy": Permission.manage_credentials,
        "test": Permission.manage_credentials,
    }

    @extend_schema(request=NewCredentialSerializer, responses={201: CredentialSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Make a credential."""
        values = body_of(request, NewCredentialSerializer)
        return self.shown(credentials.create(actor=self.actor, **values), status=201)

    @extend_schema(request=CredentialChangeSerializer, responses=CredentialSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is sent. Flows name their credentials: those that name the old name do not find it any more."""
        row = self.get_object()
        sent: dict[str, Any] = body_of(request, CredentialChangeSerializer)
        drops = "staging" in sent and sent["staging"] is None
        changed = credentials.change(actor=self.actor, credential=row, drop_staging=drops, **sent)
        return self.shown(changed)

    @extend_schema(parameters=[CONFIRM])
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a credential; steps that need it fail from then on."""
        is_meant = request.query_params.get("confirm", "") == "true"
        credentials.delete(actor=self.actor, credential=self.get_object(), confirm=is_meant)
        return Response(status=204)

    @extend_schema(request=TestSerializer, responses={200: ErrandSerializer, 202: ErrandSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    def test(self, request: Request, pk: str) -> Response:
        """Use it without changing anything: `answer` is `{text, seconds}`, or `error` says what to do."""
        row, sent = self.get_object(), body_of(request, TestSerializer)
        return answer_of(ask_test(self.actor, row, staging=sent["staging"]))

    @extend_schema(responses=CredentialUseSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def uses(self, request: Request, pk: str) -> Response:
        """The flows in reach whose draft or published version names it."""
        return Response(
            CredentialUseSerializer(credentials.uses_in_reach(self.actor, self.get_object()), many=True).data
        )


class CredentialTypesView(APIView):
    """Credential types."""

    needs: ClassVar[dict[str, tuple[Permission, ...]]] = {"get": READ}

    @extend_schema(operation_id="credential_types_list", responses={200: CredentialTypeSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Every credential type with the JSON Schema from which its form is made."""
        return Response(CredentialTypeSerializer(list_credential_types(), many=True).data)
