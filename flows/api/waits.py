"""The bodies of what runs wait for."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.strict import StrictSerializer
from flows.models import Run
from flows.services.waits import wait_of


class WaitSerializer(serializers.Serializer[Any]):
    """What a run waits for."""

    node = serializers.CharField()
    reason = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    answers = serializers.ListField(
        child=serializers.CharField(), help_text="The ports behind which a person can let it go on now."
    )
    countdown = serializers.BooleanField()


@extend_schema_field(WaitSerializer(allow_null=True))
class WaitField(serializers.Field[Any, Any, Any, Any]):
    """What a run waits for, read when it waits; null otherwise."""

    def __init__(self) -> None:
        super().__init__(source="*", read_only=True)

    def to_representation(self, run: Run) -> Any:
        """The wait of the run."""
        wait = wait_of(run)
        return None if wait is None else WaitSerializer(wait).data


class ContinueSerializer(StrictSerializer):
    """Which waiting step goes on, and behind which port."""

    node = serializers.CharField(max_length=100)
    port = serializers.CharField(max_length=40, default="out")
