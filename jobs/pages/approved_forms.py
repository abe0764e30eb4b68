"""Forms of what the platform's admin approves: commands, and services that flows may stop."""

from typing import Any

from django import forms

from accounts.actors import Actor
from accounts.models import Tenant
from accounts.services.tenants import listed as listed_tenants
from flows.pages.forms import JsonField
from jobs.models import Command
from jobs.pages.forms import CodesField, Grouped, LinesField, json_field
from jobs.services.command_reading import commands_in_reach
from jobs.services.stoppable import WAYS


class ApprovedForm(Grouped):
    audience = forms.ChoiceField(choices=Command.Audience.choices, label="For")
    tenants = forms.ModelMultipleChoiceField(
        queryset=Tenant.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Chosen tenants",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["tenants"].queryset = listed_tenants(actor)


class CommandForm(ApprovedForm):
    GROUPS = (
        ("Command", ("name", "description", "executable", "slots", "is_enabled")),
        ("Who may use it", ("audience", "tenants")),
        ("What it may touch", ("environment", "directories", "has_network")),
        (
            "Limits",
            ("timeout_seconds", "cpu_seconds", "memory_mb", "processes", "file_mb", "open_files"),
        ),
    )

    name = forms.CharField(max_length=100)
    description = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    executable = forms.CharField(
        max_length=500,
        help_text="An absolute path, such as /usr/bin/rsync. It is started as it is; no shell is involved.",
    )
    slots = json_field(
        "Arguments",
        'A list of slots in their order, such as [{"name": "host", "label": "Host", "is_required": true}]. '
        "Kinds: fixed, flag, text, integer, number, choice.",
        8,
    )
    is_enabled = forms.BooleanField(required=False, initial=True, label="On")
    environment = LinesField(label="Variables that jobs may set", help_text="One name a line.")
    directories = LinesField(
        label="Folders that it may read and work in", help_text="One absolute path a line."
    )
    has_network = forms.BooleanField(required=False, label="May use the network")
    timeout_seconds = forms.IntegerField(min_value=1, initial=300, label="Longest time in seconds")
    cpu_seconds = forms.IntegerField(min_value=1, initial=60, label="CPU seconds")
    memory_mb = forms.IntegerField(min_value=16, initial=512, label="Memory in MiB")
    processes = forms.IntegerField(min_value=1, initial=64)
    file_mb = forms.IntegerField(min_value=1, initial=16, label="Largest file in MiB")
    open_files = forms.IntegerField(min_value=8, initial=64)

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        slots = self.cleaned_data["slots"]
        return {**self.cleaned_data, "slots": [] if slots is None else slots}


def _call(
    title: str, command_help: str, *, required: bool = True
) -> tuple["forms.ModelChoiceField[Command]", JsonField]:
    command = forms.ModelChoiceField(
        queryset=Command.objects.none(),
        required=required,
        empty_label="Choose a command" if required else "None",
        label=title,
        help_text=command_help,
    )
    return command, json_field("Its arguments", "Values by argument of the command, as JSON.", 2)


class ServiceForm(ApprovedForm):
    GROUPS = (
        ("Service", ("name", "description", "is_enabled")),
        ("Who may stop it", ("audience", "tenants")),
        (
            "How it is stopped",
            ("stop_command", "stop_parameters", "force_command", "force_parameters"),
        ),
        (
            "Whether it runs",
            ("status_command", "status_parameters", "running_codes", "stopped_codes"),
        ),
    )

    name = forms.CharField(max_length=100)
    description = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    is_enabled = forms.BooleanField(required=False, initial=True, label="On")
    stop_command, stop_parameters = _call("Command that asks it to end", "An approved command.")
    force_command, force_parameters = _call(
        "Command that ends it by force", "Without one it can be asked only.", required=False
    )
    status_command, status_parameters = _call(
        "Command that tells whether it runs", "By its exit code. It is called until the service has ended."
    )
    running_codes = CodesField(label="Exit codes that mean that it runs", initial="0")
    stopped_codes = CodesField(
        label="Exit codes that mean that it does not",
        initial="3",
        help_text="Any other code fails the step: nobody knows then.",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        fields: dict[str, Any] = self.fields
        for way in WAYS:
            fields[f"{way}_command"].queryset = commands_in_reach(actor)

    def values(self) -> dict[str, Any]:
        return {
            name: {} if value is None and name.endswith("_parameters") else value
            for name, value in self.cleaned_data.items()
        }
