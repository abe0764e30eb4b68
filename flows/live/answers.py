"""What sockets tell of a run, its steps and its log."""

from rest_framework import serializers

from flows.api.answers import Answer, JsonField, LogLineSerializer
from flows.api.waits import WaitField
from flows.models import Run, Step


class RunChangeSerializer(serializers.ModelSerializer[Run]):
    """A run: its state, without what never changes."""

    flow = serializers.UUIDField(source="flow_id")
    error = JsonField()
    wait = WaitField()

    class Meta:
        model = Run
        fields = read_only_fields = (
            "id", "flow", "subject", "status", "error", "created_at", "started_at", "finished_at",
            "due_at", "wait_reason", "wait",
        )  # fmt: skip


class StepChangeSerializer(serializers.ModelSerializer[Step]):
    """A step: states and times, no payloads."""

    node = serializers.CharField(source="node_id")
    error = JsonField()

    class Meta:
        model = Step
        fields = read_only_fields = (
            "seq", "node", "status", "attempt", "port", "started_at", "finished_at", "error",
        )  # fmt: skip


class ChangesSerializer(Answer):
    """What changed since a place, and the place to ask from next."""

    cursor = serializers.IntegerField()
    more = serializers.BooleanField()
    run = RunChangeSerializer()
    steps = StepChangeSerializer(many=True)
    logs = LogLineSerializer(many=True)
