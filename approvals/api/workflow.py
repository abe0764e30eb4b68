"""The switches of the workflow and its connector over the API; both are the platform's."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import actor_of
from accounts.api.strict import StrictSerializer
from accounts.models import Tenant
from accounts.roles import Permission
from accounts.scope import one
from accounts.services.tenants import listed as listed_tenants
from approvals.api.deliveries import DeliverySerializer
from approvals.connector import reading
from approvals.models import WorkflowSettings
from approvals.services import settings as workflow
from flows.api.base import body_of


def _milliseconds(what: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=workflow.LEAST_MS,
        max_value=workflow.MOST_MS,
        required=False,
        help_text=f"How long the connector has to {what}, in milliseconds.",
    )


class SetWorkflowSerializer(StrictSerializer):
    """What is left out stays."""

    is_enabled = serializers.BooleanField(
        required=False, help_text="Whether operations of the tenants that are switched on wait for review."
    )
    endpoint = serializers.CharField(
        max_length=workflow.MOST_ADDRESS,
        required=False,
        allow_blank=True,
        help_text="The address of the connector; empty: there is none, and people decide by hand.",
    )
    body = serializers.ChoiceField(
        choices=WorkflowSettings.Body.choices, required=False, help_text="How tasks are written for it."
    )
    connect_ms = _milliseconds("take the call")
    read_ms = _milliseconds("answer")


class WorkflowSerializer(serializers.ModelSerializer[WorkflowSettings]):
    """The platform's switch and its connector."""

    is_signed = serializers.SerializerMethodField(help_text="Whether deliveries are signed.")

    class Meta:
        model = WorkflowSettings
        fields = (*workflow.FIELDS, "is_signed")
        read_only_fields = fields

    def get_is_signed(self, row: WorkflowSettings) -> bool:
        """Whether there is a secret."""
        return bool(row.secret)


class TakeWorkflowSecretSerializer(StrictSerializer):
    """A secret that the connector has already."""

    secret = serializers.CharField(
        max_length=200,
        write_only=True,
        help_text="As Standard Webhooks writes it: whsec_ and 24 to 64 bytes in base64.",
    )


class NewWorkflowSecretSerializer(serializers.Serializer[Any]):
    """What deliveries are signed with from now on."""

    secret = serializers.CharField(help_text="Only this answer shows it.")


class TenantWorkflowSerializer(StrictSerializer):
    """A tenant's own switch."""

    is_enabled = serializers.BooleanField(
        help_text="Whether its operations wait for review, when the workflow is on for the platform too."
    )


class _OfThePlatform(APIView):
    needs: ClassVar[dict[str, Permission]] = dict.fromkeys(
        ("get", "post", "put", "patch", "delete"), Permission.manage_platform
    )


class WorkflowView(_OfThePlatform):
    """The platform's switch and its connector."""

    @extend_schema(responses=WorkflowSerializer)
    def get(self, request: Request) -> Response:
        """How they are set."""
        return Response(WorkflowSerializer(workflow.workflow_settings()).data)

    @extend_schema(request=SetWorkflowSerializer, responses=WorkflowSerializer)
    def patch(self, request: Request) -> Response:
        """Change some of it."""
        row = workflow.set_workflow(actor_of(request), **body_of(request, SetWorkflowSerializer))
        return Response(WorkflowSerializer(row).data)


class WorkflowSecretView(_OfThePlatform):
    """What deliveries are signed with. Nothing reads it back."""

    @extend_schema(request=None, responses={201: NewWorkflowSecretSerializer})
    def post(self, request: Request) -> Response:
        """Make a new secret; deliveries are signed with it from now on."""
        return Response({"secret": workflow.new_secret(actor_of(request))}, status=201)

    @extend_schema(request=TakeWorkflowSecretSerializer, responses=WorkflowSerializer)
    def put(self, request: Request) -> Response:
        """Sign deliveries with a secret that the connector has already; nothing shows it again."""
        values = body_of(request, TakeWorkflowSecretSerializer)
        return Response(WorkflowSerializer(workflow.take_secret(actor_of(request), **values)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Have deliveries go out unsigned."""
        workflow.drop_secret(actor_of(request))
        return Response(status=204)


class WorkflowTestView(_OfThePlatform):
    """Whether the connector is there."""

    @extend_schema(request=None, responses={202: DeliverySerializer})
    def post(self, request: Request) -> Response:
        """Send it a made-up task, as soon as a worker looks. `/api/v1/deliveries/{id}/` tells how that went."""
        return Response(DeliverySerializer(reading.send_test(actor_of(request))).data, status=202)


class TenantWorkflowView(_OfThePlatform):
    """The workflow of one tenant."""

    @extend_schema(responses=TenantWorkflowSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Its own switch."""
        return self._told(self._tenant(request, pk))

    @extend_schema(request=TenantWorkflowSerializer, responses=TenantWorkflowSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Set it."""
        tenant = self._tenant(request, pk)
        values = body_of(request, TenantWorkflowSerializer)
        workflow.set_tenant_workflow(actor_of(request), tenant, **values)
        return self._told(tenant)

    def _tenant(self, request: Request, pk: int) -> Tenant:
        return one(listed_tenants(actor_of(request)), pk)

    def _told(self, tenant: Tenant) -> Response:
        return Response({"is_enabled": workflow.tenant_workflows([tenant])[tenant.pk]})
