"""The hooks file and the import of hooks over the API."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import actor_of
from accounts.api.idempotency import idempotent
from accounts.roles import Permission
from flows.api.base import body_of
from hooks.api.bodies import (
    FileStateSerializer,
    HooksImportedSerializer,
    HooksImportSerializer,
    HooksPreviewSerializer,
    HooksTextSerializer,
)
from hooks.services.file_state import file_state
from hooks.services.importing import import_hooks, preview


class HooksFileView(APIView):
    """The file that the workers follow."""

    needs: ClassVar[dict[str, Permission]] = {"get": Permission.view}

    @extend_schema(responses=FileStateSerializer)
    def get(self, request: Request) -> Response:
        """The followed file, its hooks with their newest runs, and what is wrong with it. For the platform's people."""
        return Response(FileStateSerializer(file_state(actor_of(request))).data)


class HooksPreviewView(APIView):
    """What a hooks.conf would become."""

    needs: ClassVar[dict[str, Permission]] = {"post": Permission.manage_credentials}

    @extend_schema(request=HooksTextSerializer, responses=HooksPreviewSerializer)
    def post(self, request: Request) -> Response:
        """What each hook of a hooks.conf would become, and what is wrong where. Changes nothing."""
        body = body_of(request, HooksTextSerializer)
        found = preview(actor_of(request), body["text"], only_first=body["only_first"])
        return Response(HooksPreviewSerializer(found).data)


class HooksImportView(APIView):
    """Hooks that become flows."""

    needs: ClassVar[dict[str, Permission]] = {"post": Permission.manage_credentials}

    @extend_schema(request=HooksImportSerializer, responses={201: HooksImportedSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a flow of each hook of a hooks.conf; broken ones are left out and named."""
        body = body_of(request, HooksImportSerializer)
        made = import_hooks(
            actor_of(request), body["text"], only_first=body["only_first"], is_enabled=body["is_enabled"]
        )
        return Response(HooksImportedSerializer(made).data, status=201)
