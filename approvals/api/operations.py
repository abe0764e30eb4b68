"""Asking for operations on servers over the API."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import actor_of
from accounts.api.strict import NameField, StrictSerializer
from accounts.roles import Permission
from accounts.scope import one
from approvals.models import Task
from approvals.services.operations import JOBS
from approvals.services.ordering import order_server, packages
from approvals.services.requesting import MOST_SERVERS, request_operation, servers_of


class OperationSerializer(StrictSerializer):
    """What is asked for."""

    type = serializers.ChoiceField(choices=list(JOBS))
    servers = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST_SERVERS
    )
    values = serializers.JSONField(
        required=False,
        default=dict,
        help_text="Of a reconfigure: cpu, ram (MB), disk (GB), vlan_tag, rate_limit (MB/s)",
    )
    options = serializers.JSONField(
        required=False,
        default=dict,
        help_text="ipv4, ipv6 of a deploy; force of an undeploy; each true or false",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Values and options are objects."""
        for name in ("values", "options"):
            if not isinstance(attrs[name], dict):
                raise serializers.ValidationError({name: "This is an object."})
        return attrs


class OrderSerializer(StrictSerializer):
    """A server that is not there yet."""

    hostname = NameField(max_length=253)
    os = NameField(max_length=120, required=False, allow_blank=True)
    package = serializers.IntegerField(min_value=1, required=False, help_text="In place of the sizes")
    cpu = serializers.IntegerField(min_value=1, max_value=1024, required=False)
    ram = serializers.IntegerField(min_value=16, max_value=16_777_216, required=False, help_text="In MB")
    disk = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False, help_text="In GB")
    ipv4 = serializers.BooleanField(required=False, help_text="Give it an address")
    ipv6 = serializers.BooleanField(required=False, help_text="Give it an address")


class AskedSerializer(serializers.ModelSerializer[Task]):
    """A task, as far as whoever asked needs it; `/api/v1/tasks/{id}/` tells the rest."""

    class Meta:
        model = Task
        fields = ("id", "type", "state", "title", "server", "batch", "created_at")
        read_only_fields = fields


class OperationsView(APIView):
    """Operations on servers."""

    needs: ClassVar[dict[str, Permission]] = {"post": Permission.request_tasks}

    @extend_schema(request=OperationSerializer, responses={201: AskedSerializer(many=True)})
    def post(self, request: Request) -> Response:
        """Ask for deploy, reconfigure or undeploy: one task a server, all or none. They may wait for review."""
        body = OperationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        actor, asked = actor_of(request), dict(body.validated_data)
        servers = servers_of(actor, asked.pop("servers"))
        tasks = request_operation(actor=actor, servers=servers, **asked)
        return Response(AskedSerializer(tasks, many=True).data, status=201)


class ServerOrdersView(APIView):
    """Servers that are not there yet."""

    needs: ClassVar[dict[str, Permission]] = {"post": Permission.request_tasks}

    @extend_schema(request=OrderSerializer, responses={201: AskedSerializer})
    def post(self, request: Request) -> Response:
        """Ask for a server of one's own; `server.created` fires when it is deployed."""
        body = OrderSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        actor, values = actor_of(request), dict(body.validated_data)
        options = {name: values.pop(name) for name in ("ipv4", "ipv6") if name in values}
        if "package" in values:
            values["package"] = one(packages(actor), values["package"])
        task = order_server(actor=actor, values=values, options=options)
        return Response(AskedSerializer(task).data, status=201)
