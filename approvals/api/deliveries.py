"""What was told to the workflow connector, over the API."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import Needed
from accounts.api.viewsets import ScopedViewSet
from accounts.roles import Permission
from approvals.api.task_bodies import FailureField
from approvals.connector import reading
from approvals.models import Delivery, DeliveryTry
from approvals.services.filters import DeliveryFilter

READS: Needed = (Permission.manage_workflow, Permission.workflow_override)


class DeliveryTrySerializer(serializers.ModelSerializer[DeliveryTry]):
    """One attempt."""

    status = serializers.IntegerField(allow_null=True, help_text="What the endpoint answered.")
    ms = serializers.IntegerField(allow_null=True, help_text="How long it took; null while it is under way.")
    error = FailureField(allow_null=True)

    class Meta:
        model = DeliveryTry
        fields = ("number", "at", "url", "status", "ms", "error")


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """A post of a held task, or of several of one request."""

    tenant = serializers.IntegerField(source="tenant_id", allow_null=True)
    tasks = serializers.SerializerMethodField()
    attempts = DeliveryTrySerializer(many=True)

    class Meta:
        model = Delivery
        fields = ("id", "tenant", "tasks", "state", "is_test", "is_batch", "created_at", "due_at", "attempts")

    @extend_schema_field({"type": "array", "items": {"type": "string", "format": "uuid"}})
    def get_tasks(self, delivery: Delivery) -> list[str]:
        return [str(task.pk) for task in delivery.tasks.all()]


class DeliveryViewSet(ScopedViewSet[Delivery]):
    """What the connector was told, newest first, as long as it is kept."""

    rows = staticmethod(reading.deliveries)
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    lookup_value_converter = "uuid"
    ordering = ("-created_at", "-id")
    needs: ClassVar = {"list": READS, "retrieve": READS, "again": READS}

    @extend_schema(request=None, responses={202: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def again(self, request: Request, pk: str) -> Response:
        """Tell the connector once more, as soon as a worker looks."""
        delivery = reading.redeliver(self.actor, self.get_object().pk)
        delivery.refresh_from_db()
        return self.shown(delivery, 202)
