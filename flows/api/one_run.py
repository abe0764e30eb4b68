"""One run as the API tells it: with what it waits for, and what caused it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from flows.api.serializers import RunSerializer
from flows.api.waits import WaitField
from flows.models import Run


class CauseSerializer(serializers.ModelSerializer[Run]):
    """A run that caused another."""

    flow_name = serializers.CharField(source="flow.name")

    class Meta:
        model = Run
        fields = read_only_fields = ("id", "flow", "flow_name", "status")


class OneRunSerializer(RunSerializer):
    """A run, what it waits for, and what caused it."""

    wait = WaitField()
    causes = serializers.SerializerMethodField()

    class Meta(RunSerializer.Meta):
        fields = read_only_fields = (*RunSerializer.Meta.fields, "wait", "causes")

    @extend_schema_field(CauseSerializer(many=True))
    def get_causes(self, run: Run) -> list[dict[str, Any]]:
        """The runs in reach that caused one another up to this one, the first of them first."""
        return list(CauseSerializer(self.context["causes"], many=True).data)
