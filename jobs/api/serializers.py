"""The bodies of the API of jobs, their runs and approved commands."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.actors import Actor
from accounts.api.strict import NameField, StrictModelSerializer, StrictSerializer
from accounts.models import Tenant
from accounts.roles import Permission
from flows.models import Flow
from jobs.models import Command, Job, JobRun, Service

OFTEN = "What it holds may be secret: null for those who may not change jobs."


@extend_schema_field({"type": "object", "additionalProperties": True})
class ObjectField(serializers.DictField):
    """A JSON object."""


class VariablesField(serializers.DictField):
    """Environment variables by name."""

    child = serializers.CharField(allow_blank=True, trim_whitespace=False)


class ApprovedSerializer(StrictModelSerializer):
    """What the platform's admin approved for whom."""

    name = NameField(max_length=100)
    tenants = serializers.PrimaryKeyRelatedField(
        many=True, required=False, queryset=Tenant.objects.none(), help_text="For the audience `chosen`."
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Whoever only uses it sees nothing of how it works here, nor who else may."""
        shown: dict[str, Any] = super().to_representation(instance)
        asker = self.context.get("actor")
        if not isinstance(asker, Actor) or not asker.may(Permission.manage_platform):
            shown |= self.Meta.hidden
        return shown

    class Meta:
        hidden: ClassVar[dict[str, Any]] = {"tenants": []}


class CommandSerializer(ApprovedSerializer):
    """An approved command: what may run, with which arguments and limits."""

    slots = serializers.ListField(child=ObjectField(), required=False, help_text="The arguments, in order.")
    environment = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="The variables that jobs may set."
    )
    directories = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Folders that it may read and work in."
    )

    class Meta:
        model = Command
        fields = (
            "id", "name", "description", "executable", "slots", "environment", "directories", "has_network",
            "timeout_seconds", "cpu_seconds", "memory_mb", "processes", "file_mb", "open_files", "audience",
            "tenants", "is_enabled", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("created_at", "updated_at")
        hidden: ClassVar[dict[str, Any]] = {"executable": "", "tenants": []}


class ServiceSerializer(ApprovedSerializer):
    """A service that flows may stop: by which commands, and which one tells by its exit code whether it runs."""

    stop_parameters = ObjectField(required=False, help_text="Values by slot of the command.")
    force_parameters = ObjectField(required=False)
    status_parameters = ObjectField(required=False)
    running_codes = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="Exit codes that mean that it runs."
    )
    stopped_codes = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="Exit codes that mean that it does not."
    )

    class Meta:
        model = Service
        fields = (
            "id", "name", "description", "stop_command", "stop_parameters", "force_command", "force_parameters",
            "status_command", "status_parameters", "running_codes", "stopped_codes", "audience", "tenants",
            "is_enabled", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("created_at", "updated_at")
        hidden: ClassVar[dict[str, Any]] = {
            "tenants": [],
            "stop_parameters": {},
            "force_parameters": {},
            "status_parameters": {},
        }


class JobSerializer(StrictModelSerializer):
    """A job: a command or a flow, and when it runs."""

    name = NameField(max_length=200)
    command = serializers.PrimaryKeyRelatedField(
        queryset=Command.objects.none(), required=False, allow_null=True
    )
    flow = serializers.PrimaryKeyRelatedField(queryset=Flow.objects.none(), required=False, allow_null=True)
    tenant = serializers.PrimaryKeyRelatedField(
        queryset=Tenant.objects.none(),
        required=False,
        allow_null=True,
        help_text="The owner; only the platform's people choose it, and only for a new job.",
    )
    parameters = ObjectField(required=False)
    environment = VariablesField(required=False, allow_null=True, help_text=OFTEN)
    input = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, trim_whitespace=False, help_text=OFTEN
    )
    expected_exit_codes = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="Empty: 0 alone."
    )

    class Meta:
        model = Job
        fields = (
            "id", "tenant", "name", "description", "kind", "command", "flow", "parameters", "environment",
            "working_directory", "input", "timeout_seconds", "expected_exit_codes", "interval", "cron", "zone",
            "delay_seconds", "next_at", "last_at", "max_attempts", "backoff", "min_gap_seconds", "deadline",
            "allow_late", "allow_overlap", "needs_credentials", "on_success", "on_failure", "is_enabled",
            "created_by", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = (
            "next_at", "last_at", "on_success", "on_failure", "created_by", "created_at", "updated_at",
        )  # fmt: skip

    def to_representation(self, instance: Job) -> dict[str, Any]:
        """Without what may be secret, for those who may only look."""
        shown: dict[str, Any] = super().to_representation(instance)
        asker = self.context.get("actor")
        if not isinstance(asker, Actor) or not asker.may(Permission.publish_flows):
            shown["environment"] = shown["input"] = None
        return shown


class LaunchSerializer(StrictSerializer):
    """How one run differs from its job."""

    at = serializers.DateTimeField(required=False, help_text="The time wanted; left out: now.")
    reason = NameField(max_length=300, required=False, allow_blank=True, default="")
    parameters = ObjectField(required=False)
    environment = VariablesField(required=False)
    working_directory = serializers.CharField(required=False, max_length=500, allow_blank=True)
    input = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class JobErrorSerializer(serializers.Serializer[Any]):
    """Why a job run failed."""

    code = serializers.CharField()
    message = serializers.CharField()
    hint = serializers.CharField(required=False, allow_blank=True)


class JobRunSerializer(serializers.ModelSerializer[JobRun]):
    """One execution of a job."""

    job_name = serializers.CharField(source="job.name")
    error = JobErrorSerializer(allow_null=True)
    parameters = serializers.SerializerMethodField()

    class Meta:
        model = JobRun
        fields = read_only_fields = (
            "id", "job", "job_name", "run", "state", "scheduled_at", "schedule_type", "deadline", "created_at",
            "begun_at", "ended_at", "launched_by", "launched_by_id", "reason", "parameters", "cause_run_id",
            "attempt", "first", "command_line", "exit_code", "pid", "cpu_seconds", "peak_memory", "error", "result",
        )  # fmt: skip

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_parameters(self, job_run: JobRun) -> Any:
        """What this launch gave otherwise than the job; environment and input are not shown."""
        return job_run.plain_overrides.get("parameters", {})


class OutputLineSerializer(serializers.Serializer[Any]):
    """A line that a command wrote."""

    seq = serializers.IntegerField()
    stream = serializers.ChoiceField(choices=("stdout", "stderr"))
    at = serializers.DateTimeField()
    text = serializers.CharField(allow_blank=True, trim_whitespace=False)


class OutputSerializer(serializers.Serializer[Any]):
    """Lines, and from where to ask on."""

    results = OutputLineSerializer(many=True)
    next = serializers.IntegerField(allow_null=True)


class ListedActionSerializer(StrictSerializer):
    """One action of a list: a node type and its config."""

    id = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    type = serializers.CharField(max_length=100)
    name = NameField(max_length=200, required=False, allow_blank=True, default="")
    config = ObjectField(required=False, default=dict)
    settings = ObjectField(required=False, default=dict)


class ActionListSerializer(StrictSerializer):
    """What follows a job run, in its order."""

    actions = ListedActionSerializer(many=True)


class FollowUpsSerializer(serializers.Serializer[Any]):
    """What follows a job run, and the flow in which it is drawn."""

    flow = serializers.UUIDField(source="flow_id", allow_null=True)
    actions = ListedActionSerializer(many=True)
    is_list = serializers.BooleanField(
        help_text="False where the drawing was changed into something that is no plain list."
    )
    is_in_force = serializers.BooleanField(help_text="Whether what is told here is what runs.")
    problems = serializers.ListField(
        child=serializers.CharField(), help_text="What has to be mended before it can be in force."
    )
