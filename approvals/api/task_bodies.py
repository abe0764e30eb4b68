"""The bodies of the API of tasks."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.strict import StrictSerializer
from accounts.models import User
from approvals.models import Answer, Task, TaskJob
from approvals.services.blocking import blocks
from approvals.services.deciding import MOST_MESSAGE
from approvals.services.talking import MOST_TO

MOST_AT_ONCE = 100


@extend_schema_field({"type": "object", "additionalProperties": True})
class ObjectField(serializers.DictField):
    """A JSON object."""


@extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
class ObjectOrNullField(serializers.DictField):
    """A JSON object, or null."""


@extend_schema_field(
    {
        "type": ["object", "null"],
        "properties": {name: {"type": "string"} for name in ("code", "message", "hint")},
        "required": ["code", "message"],
    }
)
class FailureField(serializers.DictField):
    """Why something failed."""


class TaskSerializer(serializers.ModelSerializer[Task]):
    """A task as lists show it."""

    tenant = serializers.IntegerField(source="tenant_id", allow_null=True)
    requester = serializers.IntegerField(source="requester_id", allow_null=True)
    server = serializers.IntegerField(source="server_id", allow_null=True)
    hostname = serializers.CharField(source="server.hostname", default="", help_text="Of the server.")
    state_label = serializers.CharField(help_text="The state, for people.")
    message = serializers.SerializerMethodField(help_text="What was said with the decision.")
    blocks = serializers.SerializerMethodField(
        help_text="Whose answers are missing, by stage, for people; empty for what does not wait."
    )
    error = ObjectOrNullField(allow_null=True)

    class Meta:
        model = Task
        fields = (
            *(
                "id",
                "type",
                "state",
                "state_label",
                "title",
                "tenant",
                "requester",
                "requester_name",
                "server",
            ),
            *(
                "hostname",
                "run_id",
                "node_id",
                "batch",
                "policy_name",
                "blocks",
                "created_at",
                "changed_at",
                "due_at",
            ),
            *("decided_at", "decided_by", "message", "content_hash", "error"),
        )

    def get_blocks(self, task: Task) -> str:
        """As the queue shows it."""
        return blocks(task)

    def get_message(self, task: Task) -> str:
        """Kept as the Workflow feature keeps it."""
        return str(task.extra_data.get("workflow", ""))


class TaskJobSerializer(serializers.ModelSerializer[TaskJob]):
    """One part of an operation."""

    class Meta:
        model = TaskJob
        fields = (
            "id",
            "position",
            "type",
            "state",
            "rollback_state",
            "description",
            "created_at",
            "changed_at",
        )


class SaidSerializer(serializers.ModelSerializer[Answer]):
    """One thing that was said to a task."""

    user = serializers.IntegerField(source="user_id", allow_null=True)
    on_behalf_of = serializers.IntegerField(source="on_behalf_of_id", allow_null=True)
    to_users = serializers.ListField(child=serializers.IntegerField())

    class Meta:
        model = Answer
        fields = (
            *("id", "kind", "way", "at", "user", "user_name", "on_behalf_of", "stage", "to_users", "message"),
            "is_override",
        )


_TEXT: dict[str, Any] = {"type": "string"}
_BOUND: dict[str, Any] = {"type": ["number", "null"]}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


@extend_schema_field(
    {
        "type": "array",
        "items": _object(
            name=_TEXT,
            label=_TEXT,
            kind={"type": "string", "enum": ["text", "number", "choice", "yes_no", "date"]},
            required={"type": "boolean"},
            choices={"type": "array", "items": _TEXT},
            least=_BOUND,
            most=_BOUND,
        ),
    }
)
class FormField(serializers.Field[Any, Any, Any, Any]):
    """What the reviewer fills in, in order."""

    def to_representation(self, form: Any) -> Any:
        """Every member, also where a node left it out."""
        empty = {"label": "", "required": False, "choices": [], "least": None, "most": None}
        return [{**empty, **field} for field in form]


@extend_schema_field({"type": "array", "items": _object(label=_TEXT, value={})})
class ShownField(serializers.Field[Any, Any, Any, Any]):
    """What of the record the reviewer sees."""

    def to_representation(self, shown: Any) -> Any:
        """By label."""
        return [{"label": label, "value": value} for label, value in shown]


class OneTaskSerializer(TaskSerializer):
    """A task with all that a reviewer has to know; made of a `TaskView`."""

    text = serializers.CharField()
    shown = ShownField(read_only=True)
    form = FormField(read_only=True)
    form_answers = ObjectField()
    request = ObjectField(help_text="What was asked for.")
    jobs = serializers.SerializerMethodField()
    history = serializers.SerializerMethodField(help_text="In order.")
    may_continue = serializers.SerializerMethodField(help_text="Whether you can continue it now.")
    may_cancel = serializers.SerializerMethodField(help_text="Whether you can cancel it now.")
    on_behalf_of = serializers.SerializerMethodField(
        help_text="The user who is away and in whose place you can answer; null in your own."
    )

    class Meta:
        model = Task
        fields = (
            *TaskSerializer.Meta.fields,
            *(
                "text",
                "shown",
                "form",
                "form_answers",
                "request",
                "jobs",
                "history",
                "may_continue",
                "may_cancel",
                "on_behalf_of",
            ),
        )

    @extend_schema_field(TaskJobSerializer(many=True))
    def get_jobs(self, task: Task) -> Any:
        """Its parts, in order."""
        return TaskJobSerializer(self.context["view"].jobs, many=True).data

    @extend_schema_field(SaidSerializer(many=True))
    def get_history(self, task: Task) -> Any:
        return SaidSerializer(self.context["view"].history, many=True).data

    def get_may_continue(self, task: Task) -> bool:
        """By all rules, now."""
        return bool(self.context["view"].may_continue)

    def get_may_cancel(self, task: Task) -> bool:
        """By all rules, now."""
        return bool(self.context["view"].may_cancel)

    def get_on_behalf_of(self, task: Task) -> int | None:
        """What to send with the answer."""
        absent: User | None = self.context["absent"]
        return absent.pk if absent else None


class _MessageSerializer(StrictSerializer):
    message = serializers.CharField(
        max_length=MOST_MESSAGE, default="", allow_blank=True, help_text="Plain text, kept with the task."
    )


class CancelTaskSerializer(_MessageSerializer):
    """Why it is cancelled, and what was seen of it."""

    on_behalf_of = serializers.IntegerField(
        default=None, allow_null=True, help_text="The reviewer in whose place you answer."
    )
    content_hash = serializers.CharField(
        default=None,
        allow_null=True,
        max_length=64,
        help_text="Of the task as you saw it: refused when it is another one.",
    )


class DecideTaskSerializer(CancelTaskSerializer):
    """The same, with the answers of the form."""

    form = ObjectField(default=dict, help_text="What was filled in, by name of the field.")


class CommentSerializer(StrictSerializer):
    """What is said to a task."""

    message = serializers.CharField(max_length=MOST_MESSAGE)


class ReassignSerializer(_MessageSerializer):
    """Who is asked instead."""

    to_users = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62),
        min_length=1,
        max_length=MOST_TO,
        help_text="IDs of users.",
    )


class BulkSerializer(_MessageSerializer):
    """One decision on several tasks; each is decided for itself."""

    decision = serializers.ChoiceField(["continue", "cancel"])
    tasks = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_AT_ONCE)


class BulkResultSerializer(serializers.Serializer[Any]):
    """What came of one of them."""

    id = serializers.UUIDField()
    state = serializers.CharField(help_text="Empty where it could not be decided.")
    code = serializers.CharField(help_text="Why not; empty when it was.")
    detail = serializers.CharField()


class BulkResultsSerializer(serializers.Serializer[Any]):
    """In the order of the request."""

    results = BulkResultSerializer(many=True)
