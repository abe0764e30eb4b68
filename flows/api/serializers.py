"""The bodies of the flows API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.strict import NameField, StrictSerializer
from flows.models import Flow, FlowVersion, Run
from flows.sdk.config import MAX_CREDENTIAL_NAME
from flows.services.hooks import AT_ONCE
from flows.services.summaries import Summaries, summaries_of_stored

NODE_ID = 100


class FlowRunSerializer(serializers.ModelSerializer[Run]):
    """A run at a glance."""

    class Meta:
        model = Run
        fields = read_only_fields = ("id", "status", "finished_at")


class FlowSerializer(serializers.ModelSerializer[Flow]):
    """A flow as lists show it."""

    published_version = serializers.IntegerField(
        source="published.number", allow_null=True, default=None, read_only=True
    )
    has_unpublished_changes = serializers.BooleanField(
        source="has_changes",
        read_only=True,
        help_text="Whether the draft differs from the version that runs.",
    )
    followed_file = serializers.CharField(
        read_only=True, help_text="The file that alone changes this flow; empty of all others."
    )
    last_runs = serializers.SerializerMethodField()

    class Meta:
        model = Flow
        fields = read_only_fields = (
            "id",
            "name",
            "description",
            "tenant",
            "is_enabled",
            "followed_file",
            "draft_revision",
            "has_unpublished_changes",
            "published_version",
            "created_at",
            "updated_at",
            "last_runs",
        )

    @extend_schema_field(FlowRunSerializer(many=True))
    def get_last_runs(self, flow: Flow) -> list[dict[str, Any]]:
        """The newest ten runs, newest first."""
        runs = self.context.get("last_runs", {}).get(flow.id, [])
        return list(FlowRunSerializer(reversed(runs), many=True).data)


class NewFlowSerializer(StrictSerializer):
    """A new flow."""

    name = NameField(max_length=200)
    description = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class FlowChangeSerializer(StrictSerializer):
    """What of a flow can be changed without its drawing."""

    name = NameField(max_length=200, required=False)
    description = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    is_enabled = serializers.BooleanField(required=False)


class DocumentField(serializers.JSONField):
    """A flow document that is sent; the codec judges it."""


@extend_schema_field({"$ref": "#/components/schemas/FlowDocument"})
class DrawingField(serializers.JSONField):
    """A flow document that was read once, and so holds everything that belongs to one."""


class PayloadField(serializers.DictField):
    """A JSON object."""


class DraftSerializer(StrictSerializer):
    """A drawing to be saved."""

    document = DocumentField()


class SummariesField(serializers.DictField):
    """The line under each node's name, by node id; empty where the node type's `unset` stands instead."""

    child = serializers.CharField(allow_blank=True)


class SavedDraftSerializer(serializers.Serializer[Any]):
    """The draft of a flow."""

    document = DrawingField()
    summaries = SummariesField()
    revision = serializers.IntegerField()
    saved_at = serializers.DateTimeField()
    saved_by = serializers.CharField()


class CheckSerializer(StrictSerializer):
    """A drawing to be checked; the stored draft when none is sent."""

    document = DocumentField(required=False)


class WiringSerializer(StrictSerializer):
    """Where a wire may go: from a port, or to a node."""

    document = DocumentField(required=False)
    to = serializers.CharField(max_length=NODE_ID, required=False)
    port = serializers.CharField(max_length=40, required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a word of Python and cannot be written as an attribute."""
        source = serializers.CharField(max_length=NODE_ID, required=False)
        return {**super().get_fields(), "from": source}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Either `from` and `port`, or `to`."""
        if ("to" in attrs) == ("from" in attrs) or ("from" in attrs) != ("port" in attrs):
            raise serializers.ValidationError("Send `from` and `port`, or `to`.", code="from_or_to")
        return attrs


class SampleSerializer(StrictSerializer):
    """Which payload to use: one that is sent, that of an event, or the trigger's sample."""

    document = DocumentField(required=False)
    payload = PayloadField(required=False)
    event_id = serializers.UUIDField(required=False)


class PreviewSerializer(SampleSerializer):
    """A config field to be rendered."""

    node = serializers.CharField(max_length=NODE_ID)
    field = serializers.CharField(max_length=500)


class RunNowSerializer(StrictSerializer):
    """The payload of a manual start."""

    payload = PayloadField(required=False, default=dict)
    is_test = serializers.BooleanField(
        default=False, help_text="Credentials open with their values for trying out, where they have such."
    )


class PublishSerializer(StrictSerializer):
    """What the new version is about."""

    comment = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    is_enabled = serializers.BooleanField(
        required=False, help_text="Whether the flow is on afterwards. Left out, it stays as it is."
    )


class VersionSerializer(serializers.ModelSerializer[FlowVersion]):
    """A published version without its drawing."""

    class Meta:
        model = FlowVersion
        fields: tuple[str, ...] = ("number", "id", "published_at", "published_by", "comment")
        read_only_fields = fields


class VersionDocumentSerializer(VersionSerializer):
    """A published version with its drawing."""

    document = DrawingField(read_only=True)
    summaries = serializers.SerializerMethodField()

    class Meta(VersionSerializer.Meta):
        fields = (*VersionSerializer.Meta.fields, "document", "summaries")

    @extend_schema_field(SummariesField)
    def get_summaries(self, version: FlowVersion) -> Summaries:
        """The line under each node's name."""
        return summaries_of_stored(version.document)


class ImportSerializer(StrictSerializer):
    """A document from somewhere else."""

    document = DocumentField()
    name = NameField(max_length=200, required=False)
    flow = serializers.UUIDField(required=False)
    credentials = serializers.DictField(
        child=serializers.CharField(max_length=MAX_CREDENTIAL_NAME),
        required=False,
        help_text="Names of credentials that are here, by those that stand in the document.",
    )


class RunErrorSerializer(serializers.Serializer[Any]):
    """Why a run failed or was cancelled."""

    code = serializers.CharField()
    message = serializers.CharField()
    hint = serializers.CharField(required=False)
    node = serializers.CharField(required=False)


class RunSerializer(serializers.ModelSerializer[Run]):
    """A run."""

    flow_name = serializers.CharField(source="flow.name")
    version = serializers.IntegerField(source="version.number")
    event_type = serializers.CharField(source="event.type")
    tries = serializers.IntegerField(help_text="How often the step was tried that needed the most tries.")
    duration_ms = serializers.SerializerMethodField()
    error = RunErrorSerializer(allow_null=True)

    class Meta:
        model = Run
        fields: tuple[str, ...] = (
            "id",
            "flow",
            "flow_name",
            "version",
            "subject",
            "status",
            "event",
            "event_type",
            "created_at",
            "started_at",
            "finished_at",
            "duration_ms",
            "tries",
            "error",
            "wait_reason",
            "due_at",
            "retried_from",
            "is_resumed",
            "is_test",
            "tenant",
        )
        read_only_fields = fields

    def get_duration_ms(self, run: Run) -> float | None:
        """From the first claim to the end, in milliseconds."""
        if run.started_at is None or run.finished_at is None:
            return None
        return round((run.finished_at - run.started_at).total_seconds() * 1000, 1)


class RetrySerializer(StrictSerializer):
    """Which version the new run takes."""

    version = serializers.ChoiceField(choices=("same", "newest"), default="same")


class DecideSerializer(StrictSerializer):
    """What happens to an interrupted step."""

    node = serializers.CharField(max_length=NODE_ID)
    decision = serializers.ChoiceField(choices=("repeat", "skip", "fail"))


class RotationSerializer(StrictSerializer):
    """How long the secret before is taken beside a new one."""

    keep_old_for = serializers.CharField(
        default=AT_ONCE, max_length=20, help_text="Such as `30m`, `24h` or `7d`; at most 30 days."
    )


class TakenSecretSerializer(RotationSerializer):
    """A secret that the calling system issued."""

    secret = serializers.CharField()
