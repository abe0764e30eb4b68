"""The bodies of the API of policies, groups, calendars and delegations."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.strict import NameField, StrictModelSerializer, StrictSerializer
from accounts.models import Tenant, User
from approvals.models import BusinessCalendar, Delegation, Policy, ReviewGroup
from approvals.policy.document import PolicyDocument

OWNER = "The owner; only the platform's people choose it, and only for a new one."


@extend_schema_field({"$ref": "#/components/schemas/PolicyDocument"})
class DocumentField(serializers.DictField):
    """A policy document."""


def describe(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Describe the document by the model that checks it, with a component for each of its parts."""
    schema = PolicyDocument.model_json_schema(ref_template="#/components/schemas/Policy{model}")
    parts = {f"Policy{name}": part for name, part in schema.pop("$defs").items()}
    result["components"]["schemas"] |= _plain({**parts, "PolicyDocument": schema})
    return result


def _plain(schema: Any) -> Any:
    """Without titles, which only say the names again; and what tells parts apart has to be there."""
    if isinstance(schema, list):
        return [_plain(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        name: _plain(value) for name, value in schema.items() if name != "title" or isinstance(value, dict)
    }
    if "const" in found.get("properties", {}).get("kind", {}):
        found["required"] = ["kind", *found.get("required", [])]
    return found


class OwnedSerializer(StrictModelSerializer):
    """What belongs to a tenant or to the platform, by name."""

    name = NameField(max_length=120)
    tenant = serializers.PrimaryKeyRelatedField(
        queryset=Tenant.objects.none(), required=False, allow_null=True, help_text=OWNER
    )


class GroupSerializer(OwnedSerializer):
    """People who are asked together."""

    members = serializers.PrimaryKeyRelatedField(many=True, queryset=User.objects.none(), required=False)

    class Meta:
        model = ReviewGroup
        validators = ()  # the service says whose name is taken
        fields = ("id", "tenant", "name", "description", "members", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")


class CalendarSerializer(OwnedSerializer):
    """When somebody is at work."""

    week = serializers.ListField(
        child=serializers.ListField(
            child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
        ),
        required=False,
        help_text="Seven lists, Monday first, of `[from, until]` in minutes of the day.",
    )
    holidays = serializers.ListField(
        child=serializers.CharField(max_length=10), required=False, help_text="Days such as 2026-12-25."
    )

    class Meta:
        model = BusinessCalendar
        validators = ()  # the service says whose name is taken
        fields = (
            "id", "tenant", "name", "description", "zone", "week", "holidays", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("created_at", "updated_at")


class PolicySerializer(OwnedSerializer):
    """Who decides on tasks, and by when."""

    document = DocumentField(
        help_text="Stages with levels of reviewers, rules and deadlines; whatever is left out has its default."
    )

    class Meta:
        model = Policy
        validators = ()  # the service says whose name is taken
        fields = (
            "id", "tenant", "name", "description", "version", "document", "is_for_operations", "created_at",
            "updated_at",
        )  # fmt: skip
        read_only_fields = ("version", "created_at", "updated_at")


class DelegationSerializer(StrictModelSerializer):
    """Who answers in whose place, and when."""

    owner = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.none(), required=False, help_text="Who is away; left out: whoever asks."
    )
    delegate = serializers.PrimaryKeyRelatedField(queryset=User.objects.none())
    owner_name = serializers.CharField(source="owner.name", read_only=True)
    delegate_name = serializers.CharField(source="delegate.name", read_only=True)
    reason = NameField(max_length=300, required=False, allow_blank=True)

    class Meta:
        model = Delegation
        fields = (
            "id", "owner", "owner_name", "delegate", "delegate_name", "start", "until", "reason", "created_by",
            "created_at",
        )  # fmt: skip
        read_only_fields = ("created_by", "created_at")


class TriedAnswerSerializer(StrictSerializer):
    """One answer to try."""

    user = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=("continue", "cancel"))
    minutes = serializers.IntegerField(
        min_value=0, max_value=10**6, default=0, help_text="After it was held."
    )


class PreviewRequestSerializer(StrictSerializer):
    """A policy document, and answers to try on it."""

    document = DocumentField()
    answers = TriedAnswerSerializer(many=True, required=False)


class PolicyProblemSerializer(serializers.Serializer[Any]):
    """Why a level could never decide."""

    code = serializers.CharField()
    message = serializers.CharField()
    stage = serializers.IntegerField()
    level = serializers.IntegerField()
    is_fatal = serializers.BooleanField()


class TriedStepSerializer(serializers.Serializer[Any]):
    """One moment of a try."""

    minutes = serializers.IntegerField()
    said = serializers.CharField()
    text = serializers.CharField()
    state = serializers.CharField()
    refused = serializers.CharField(allow_blank=True)


class PreviewSerializer(serializers.Serializer[Any]):
    """What a policy means, and what happens with it."""

    sentences = serializers.ListField(child=serializers.CharField())
    problems = PolicyProblemSerializer(many=True)
    people = serializers.DictField(child=serializers.CharField(), help_text="Who is asked, by id.")
    steps = TriedStepSerializer(many=True)
