"""Answers about what is published, compared, called and imported."""

from typing import Any

from rest_framework import serializers

from flows.api.answers import Answer, EdgeSerializer, FlowProblemSerializer, JsonField
from flows.api.serializers import DrawingField
from flows.services.transfer import NEEDS


class FieldChangeSerializer(Answer):
    """One changed field."""

    field = serializers.CharField()
    before = JsonField()
    after = JsonField()


class NodeBriefSerializer(Answer):
    """A node without its config."""

    node = serializers.CharField(source="id")
    name = serializers.CharField()
    type = serializers.CharField()


class NodeChangeSerializer(Answer):
    """A node that is in both drawings, and what is different in it."""

    node = serializers.CharField(source="node.id")
    name = serializers.CharField(source="node.name")
    type = serializers.CharField(source="node.type")
    fields_ = FieldChangeSerializer(many=True)
    moved = serializers.BooleanField(source="is_moved")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`fields` is DRF's own word."""
        fields = super().get_fields()
        return {("fields" if name == "fields_" else name): field for name, field in fields.items()}


class DiffSerializer(Answer):
    """What is different between two drawings."""

    added = NodeBriefSerializer(many=True)
    removed = NodeBriefSerializer(many=True)
    changed = NodeChangeSerializer(many=True)
    moved = NodeBriefSerializer(many=True)
    edges_added = EdgeSerializer(many=True)
    edges_removed = EdgeSerializer(many=True)
    settings = FieldChangeSerializer(many=True)


class HookSerializer(Answer):
    """The webhook of a flow."""

    url = serializers.CharField(allow_null=True)
    auth = serializers.CharField(source="spec.auth")
    header = serializers.CharField(source="spec.header")
    prefix = serializers.CharField(allow_blank=True, source="spec.prefix")
    delivery_header = serializers.CharField(allow_blank=True, source="spec.delivery_header")
    has_secret = serializers.BooleanField()
    rotated_at = serializers.DateTimeField(allow_null=True)
    old_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when the secret before is taken, too; null when it has ended."
    )


class SecretSerializer(Answer):
    """A secret that is shown this once."""

    secret = serializers.CharField()


class ImportNodeSerializer(Answer):
    """A node of a document; whether its type is installed here."""

    id = serializers.CharField()
    type = serializers.CharField()
    name = serializers.CharField()
    known = serializers.BooleanField()


class NeedsSerializer(Answer):
    """What is not installed or set up here, a sentence each."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """One list for each kind of thing that can be missing."""
        return {what: serializers.ListField(child=serializers.CharField()) for what in NEEDS.values()}


class NeededCredentialSerializer(Answer):
    """A credential that a document names; `choices` are those that are here and fit."""

    name = serializers.CharField()
    types = serializers.ListField(child=serializers.CharField())
    choices = serializers.ListField(child=serializers.CharField())
    known = serializers.BooleanField()


class ImportPreviewSerializer(Answer):
    """What an import would add and need."""

    document = DrawingField(help_text="As an import would store it.")
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    nodes = ImportNodeSerializer(many=True)
    edges = serializers.IntegerField()
    needs = NeedsSerializer()
    credentials = NeededCredentialSerializer(many=True)
    problems = FlowProblemSerializer(many=True)
    ok = serializers.BooleanField()
