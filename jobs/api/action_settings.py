"""What the platform sets for an action, over the API."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import actor_of
from accounts.api.strict import StrictSerializer
from accounts.roles import Permission
from flows.api.base import body_of
from jobs.api.serializers import ObjectField
from jobs.services.action_settings import platform_config, set_platform_config


class ActionSettingsSerializer(StrictSerializer):
    """The settings that an action of a list has where it says nothing itself."""

    config: Any = ObjectField()


class ActionSettingsView(APIView):
    """The platform's settings of one action, by its node type."""

    needs: ClassVar[dict[str, Permission]] = {
        "get": Permission.manage_platform,
        "put": Permission.manage_platform,
    }

    @extend_schema(responses=ActionSettingsSerializer)
    def get(self, request: Request, node_type: str) -> Response:
        """The settings; empty where nothing is set."""
        return Response({"config": platform_config(node_type)})

    @extend_schema(request=ActionSettingsSerializer, responses=ActionSettingsSerializer)
    def put(self, request: Request, node_type: str) -> Response:
        """Set them. Lists take them when they are saved."""
        config = body_of(request, ActionSettingsSerializer)["config"]
        set_platform_config(actor=actor_of(request), node_type=node_type, config=config)
        return Response({"config": config})
