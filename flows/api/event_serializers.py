"""Events and their types, in and out."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.strict import StrictSerializer
from flows.api.serializers import PayloadField
from flows.models import Event
from flows.sdk.events import EVENT_NAME, MAX_EVENT_NAME

NODE_ID = 100


class EventTypeChangeSerializer(StrictSerializer):
    """What an event type is, from a JSON Schema or from an example."""

    label = serializers.CharField(max_length=200)  # type: ignore[assignment]  # DRF uses the name for itself
    summary = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    schema = serializers.JSONField(required=False)
    example = serializers.JSONField(required=False)


class EventTypeSerializer(EventTypeChangeSerializer):
    """An event type of one's own."""

    name = serializers.RegexField(EVENT_NAME, max_length=MAX_EVENT_NAME)


class EventSerializer(serializers.ModelSerializer[Event]):
    """An event that arrived, without its payload."""

    class Meta:
        model = Event
        fields: tuple[str, ...] = (
            "id",
            "type",
            "source",
            "tenant",
            "dedup_key",
            "accepted_at",
            "run_count",
            "depth",
            "cause_run_id",
        )
        read_only_fields = fields


class OutcomeSerializer(serializers.Serializer[Any]):
    """What an event did to a flow."""

    flow = serializers.CharField(allow_null=True)
    flow_name = serializers.CharField(allow_blank=True)
    result = serializers.CharField()
    run = serializers.UUIDField(allow_null=True)
    subject = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)


class EventDetailSerializer(EventSerializer):
    """An event with its payload and what it started."""

    payload = PayloadField(read_only=True)
    outcomes = serializers.SerializerMethodField()

    class Meta(EventSerializer.Meta):
        fields = (*EventSerializer.Meta.fields, "payload", "outcomes")

    @extend_schema_field(OutcomeSerializer(many=True))
    def get_outcomes(self, event: Event) -> list[dict[str, Any]]:
        """The runs it started, and why other flows did not start."""
        return list(OutcomeSerializer(self.context["outcomes"], many=True).data)
