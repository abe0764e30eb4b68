"""The answers of the flows API: each value of a service is told by one of these, and the document follows from them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from flows.api.serializers import DrawingField, PayloadField, SummariesField
from flows.compiler.findings import Finding
from flows.models import Step
from flows.sdk import JsonObject, Kind, TriggerKind
from flows.services.run_reading import LEVELS as LEVEL_VALUES

LEVELS = tuple(LEVEL_VALUES)


class Answer(serializers.Serializer[Any]):
    """Told, never sent."""


@extend_schema_field({})
class JsonField(serializers.JSONField):
    """Any JSON value."""


@extend_schema_field({"$ref": "#/components/schemas/FormSchema"})
class FormSchemaField(serializers.DictField):
    """The JSON Schema of a config."""


@extend_schema_field({"$ref": "#/components/schemas/RecordShape"})
class RecordShapeField(serializers.DictField):
    """What a record looks like."""


class PortSerializer(Answer):
    """A named output."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF uses the name for itself


class TriggerTypeSerializer(Answer):
    """How a trigger starts runs, and the config field in which the event type is chosen."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in TriggerKind], source="starts_by")
    event_field = serializers.CharField(allow_null=True)


class NodeTypeSerializer(Answer):
    """A node type, and the JSON Schema from which its form is made."""

    type = serializers.CharField(source="node.meta.type")
    version = serializers.IntegerField(source="node.meta.version")
    kind = serializers.ChoiceField(choices=tuple(Kind), source="node.meta.kind")
    label = serializers.CharField(source="node.meta.label")  # type: ignore[assignment]
    summary = serializers.CharField(source="node.meta.summary")
    unset = serializers.CharField(source="node.meta.unset")
    icon = serializers.CharField(source="node.meta.icon")
    ports = PortSerializer(many=True, source="node.meta.all_ports")
    trigger = TriggerTypeSerializer(allow_null=True)
    has_input = serializers.BooleanField()
    config_schema = FormSchemaField()
    settings_schema = FormSchemaField()


class EventTypeAnswerSerializer(Answer):
    """An event type with the JSON Schema of its payload."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    summary = serializers.CharField(allow_blank=True)
    group = serializers.CharField()
    is_builtin = serializers.BooleanField()
    schema = PayloadField()
    sample = PayloadField()


class EdgeSerializer(Answer):
    """A wire."""

    port = serializers.CharField()
    to = serializers.CharField(source="target")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a word of Python and cannot be written as an attribute."""
        return {"from": serializers.CharField(source="source"), **super().get_fields()}


class SpanSerializer(Answer):
    """A piece of a text, in characters."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()


class FlowProblemSerializer(Answer):
    """What is wrong with a drawing, and where."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=("error", "warning"))
    message = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    node = serializers.CharField(allow_null=True)
    field = serializers.CharField(allow_null=True)
    edge = EdgeSerializer(allow_null=True)
    span = SpanSerializer(allow_null=True)
    suggestion = serializers.CharField(allow_null=True)

    def to_representation(self, instance: Finding) -> JsonObject:
        """As the refusal to publish tells it, too."""
        return instance.to_json()


class ShapesSerializer(Answer):
    """JSON Schemas of the record that reaches a node and of those that leave it."""

    input = RecordShapeField()
    ports = serializers.DictField(child=RecordShapeField())


class ValidationSerializer(Answer):
    """All problems of a drawing."""

    ok = serializers.BooleanField()
    problems = FlowProblemSerializer(many=True)
    shapes = serializers.DictField(child=ShapesSerializer())
    summaries = SummariesField()


class RefusalSerializer(Answer):
    """Why something is not possible."""

    code = serializers.CharField()
    message = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)


class WiringAnswerSerializer(Answer):
    """`targets` by node when asked from a port, `sources` by node and port when asked to a node. Null: possible."""

    targets = serializers.DictField(child=RefusalSerializer(allow_null=True), required=False)
    sources = serializers.DictField(
        child=serializers.DictField(child=RefusalSerializer(allow_null=True)), required=False
    )


class NodeErrorSerializer(RefusalSerializer):
    """Why a node failed."""

    field = serializers.CharField(allow_null=True)
    retryable = serializers.BooleanField()


@extend_schema_field(NodeErrorSerializer)
class NodeErrorField(JsonField):
    """The same as it is stored."""


class PreviewAnswerSerializer(Answer):
    """What a config field renders to."""

    value = JsonField()
    text = serializers.CharField(allow_blank=True)
    type = serializers.ChoiceField(
        choices=("string", "integer", "number", "boolean", "object", "array", "null")
    )
    sample_name = serializers.CharField()
    error = NodeErrorSerializer(allow_null=True)


class DryWarningSerializer(Answer):
    """Why a node could not do its work as the installation is set up now; `field` is empty for the whole node."""

    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)


class DryLogLineSerializer(Answer):
    """A line that a node wrote in a dry run."""

    level = serializers.ChoiceField(choices=LEVELS)
    text = serializers.CharField(allow_blank=True)


class DryStepSerializer(Answer):
    """One node's turn in a dry run."""

    node = serializers.CharField()
    status = serializers.ChoiceField(choices=("succeeded", "failed"))
    port = serializers.CharField(allow_blank=True)
    input = PayloadField()
    output = PayloadField(allow_null=True)
    preview = JsonField()
    error = NodeErrorSerializer(allow_null=True)
    logs = DryLogLineSerializer(many=True)
    warnings = DryWarningSerializer(many=True)


class DryRunSerializer(Answer):
    """A run in memory, without effects."""

    status = serializers.ChoiceField(choices=("succeeded", "failed"))
    steps = DryStepSerializer(many=True)
    note = serializers.CharField(allow_blank=True)
    sample_name = serializers.CharField()


class StartedSerializer(Answer):
    """The run that was started, and its event."""

    run = serializers.UUIDField()
    event = serializers.UUIDField()


class StepSerializer(Answer):
    """One node's turn in a run."""

    seq = serializers.IntegerField(source="step.seq")
    node = serializers.CharField(source="step.node_id")
    node_name = serializers.CharField()
    node_type = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=Step.Status.choices, source="step.status")
    attempt = serializers.IntegerField(source="step.attempt")
    port = serializers.CharField(allow_blank=True, source="step.port")
    started_at = serializers.DateTimeField(source="step.started_at")
    finished_at = serializers.DateTimeField(allow_null=True, source="step.finished_at")
    duration_ms = serializers.FloatField(allow_null=True)
    input = PayloadField()
    output = PayloadField(allow_null=True)
    error = NodeErrorField(allow_null=True, source="step.error")


class StepsSerializer(Answer):
    """The steps of a run, and the drawing that was run."""

    results = StepSerializer(many=True)
    document = DrawingField()
    summaries = SummariesField()


class LogLineSerializer(Answer):
    """A line of a run's log."""

    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    level = serializers.ChoiceField(choices=LEVELS, source="level_name")
    node = serializers.CharField(allow_blank=True, source="node_id")
    text = serializers.CharField(allow_blank=True, trim_whitespace=False)


class LogsSerializer(Answer):
    """Lines, and from where to ask on."""

    results = LogLineSerializer(many=True)
    next = serializers.IntegerField(allow_null=True)


class ResumedSerializer(Answer):
    """The new runs, how many were refused by reason, and whether another call would find more."""

    runs = serializers.ListField(child=serializers.UUIDField())
    refused = serializers.DictField(child=serializers.IntegerField())
    has_more = serializers.BooleanField()
