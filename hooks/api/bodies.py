"""The bodies of the API of hooks."""

from typing import Any

from rest_framework import serializers

from accounts.api.strict import StrictSerializer
from hooks.models import FollowedFile
from hooks.services.drawing import CALL, SEND_TRAP
from hooks.services.reading import MOST_BYTES, Level


class HooksTextSerializer(StrictSerializer):
    """A hooks.conf."""

    text = serializers.CharField(
        max_length=MOST_BYTES,
        trim_whitespace=False,
        allow_blank=True,
        help_text="YAML, as it stands in the file",
    )
    only_first = serializers.BooleanField(
        default=False, help_text="Leave out all hooks of an event type but the first, as the original does"
    )


class HooksImportSerializer(HooksTextSerializer):
    """A hooks.conf whose hooks become flows."""

    is_enabled = serializers.BooleanField(default=False, help_text="Publish the flows and switch them on")


class HookProblemSerializer(serializers.Serializer[Any]):
    """Something to be said of a place in the file."""

    line = serializers.IntegerField(help_text="From 1; 0 where it is the file as a whole")
    column = serializers.IntegerField()
    entry = serializers.IntegerField(allow_null=True, help_text="The number of the hook, from 1")
    level = serializers.ChoiceField(choices=[level.value for level in Level])
    code = serializers.CharField()
    message = serializers.CharField()
    hint = serializers.CharField()


class PreviewedHookSerializer(serializers.Serializer[Any]):
    """A hook and what it becomes."""

    number = serializers.IntegerField(source="planned.hook.number")
    line = serializers.IntegerField(source="planned.hook.line")
    event_type = serializers.CharField(source="planned.hook.event_type")
    implementation = serializers.CharField(source="planned.hook.implementation")
    name = serializers.CharField(help_text="Of the flow")
    becomes = serializers.ChoiceField(
        source="planned.becomes", choices=[CALL, SEND_TRAP], help_text="The node behind the trigger"
    )
    credential = serializers.CharField(help_text="The one that keeps its community string; empty without one")
    is_wanted = serializers.BooleanField(source="planned.is_wanted", help_text="Whether it becomes a flow")
    is_left_out = serializers.BooleanField(
        source="planned.is_left_out", help_text="Another hook of its event type stands before it"
    )


class HooksPreviewSerializer(serializers.Serializer[Any]):
    """What an import would make."""

    is_readable = serializers.BooleanField(source="file.is_readable")
    hooks = PreviewedHookSerializer(many=True)
    problems = HookProblemSerializer(source="file.problems", many=True)


class ImportedFlowSerializer(serializers.Serializer[Any]):
    """A flow that an import made."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    is_enabled = serializers.BooleanField()


class HooksImportedSerializer(serializers.Serializer[Any]):
    """What an import made, and what is to be said of what it left out."""

    flows = ImportedFlowSerializer(many=True)
    problems = HookProblemSerializer(many=True)


class HookRunSerializer(serializers.Serializer[Any]):
    """A run of a hook."""

    id = serializers.UUIDField()
    status = serializers.CharField()
    created_at = serializers.DateTimeField()


class FileHookSerializer(serializers.Serializer[Any]):
    """A hook in force, and its newest runs."""

    number = serializers.IntegerField(source="row.number")
    line = serializers.IntegerField(source="row.line")
    event_type = serializers.CharField(source="row.event_type")
    implementation = serializers.CharField(source="row.implementation")
    flow = serializers.UUIDField(source="row.flow_id")
    name = serializers.CharField(source="row.flow.name")
    runs = HookRunSerializer(many=True)


class FileStateSerializer(serializers.Serializer[Any]):
    """The followed file."""

    path = serializers.CharField(source="named", help_text="As HOOKFLOW_HOOKS_FILE names it; empty: none")
    state = serializers.ChoiceField(source="row.state", choices=FollowedFile.State.choices)
    content_hash = serializers.CharField(
        source="row.content_hash", help_text="SHA-256 of the content in force; empty: none is"
    )
    only_first = serializers.BooleanField(source="row.only_first")
    seen_at = serializers.DateTimeField(source="row.seen_at", allow_null=True)
    in_force_since = serializers.DateTimeField(source="row.in_force_since", allow_null=True)
    hooks = FileHookSerializer(many=True)
    problems = HookProblemSerializer(many=True)
