"""Forms of the pages of jobs, and fields that others share."""

from typing import Any

from django import forms

from accounts.actors import Actor
from accounts.pages.forms import OwnerForm
from flows.models import Flow
from flows.pages.forms import JsonField
from flows.services.flow_reading import listed_own
from jobs.models import Command, Job
from jobs.services.command_reading import commands_in_reach
from look.forms import SiteForm


class CodesField(forms.CharField):
    """Whole numbers, separated by commas."""

    def clean(self, value: Any) -> list[int]:
        words = str(super().clean(value) or "").replace(",", " ").split()
        try:
            return [int(word) for word in words]
        except ValueError as error:
            raise forms.ValidationError("Write whole numbers, such as 0, 2.") from error


class LinesField(forms.CharField):
    """One text a line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.widget.attrs.update({"rows": 3, "spellcheck": "false"})

    def clean(self, value: Any) -> list[str]:
        """The lines that hold something."""
        return [line.strip() for line in str(super().clean(value) or "").splitlines() if line.strip()]


def json_field(label: str, help_text: str, rows: int = 4) -> JsonField:
    field = JsonField(label=label, required=False, help_text=help_text)
    field.widget.attrs["rows"] = rows
    return field


class Grouped(SiteForm):
    """A form in parts, each below a heading."""

    GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (title, [self[name] for name in names if name in self.fields]) for title, names in self.GROUPS
        ]


class JobForm(OwnerForm, Grouped):
    GROUPS = (
        ("Job", ("tenant", "name", "description", "is_enabled")),
        (
            "What it runs",
            (
                "kind",
                "command",
                "flow",
                "parameters",
                "environment",
                "working_directory",
                "input",
                "timeout_seconds",
                "expected_exit_codes",
            ),
        ),
        ("When", ("interval", "cron", "zone", "delay_seconds", "allow_overlap", "needs_credentials")),
        ("When it fails", ("max_attempts", "backoff", "min_gap_seconds", "deadline", "allow_late")),
    )

    name = forms.CharField(max_length=200)
    description = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    is_enabled = forms.BooleanField(
        label="On", required=False, help_text="A job that is off runs neither by itself nor by hand."
    )
    kind = forms.ChoiceField(label="Runs", choices=[("command", "An approved command"), ("flow", "A flow")])
    command = forms.ModelChoiceField(
        queryset=Command.objects.none(), required=False, empty_label="Choose a command"
    )
    flow = forms.ModelChoiceField(queryset=Flow.objects.none(), required=False, empty_label="Choose a flow")
    parameters = json_field(
        "Parameters", "Values by argument of the command, or the payload of the flow, as JSON."
    )
    environment = json_field("Environment", "Variables that the command allows, by name, as JSON.", 3)
    working_directory = forms.CharField(
        max_length=500,
        required=False,
        help_text="Below the run's own folder, or one of the folders that the command may use.",
    )
    input = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        label="Standard input",
    )
    timeout_seconds = forms.IntegerField(
        required=False,
        min_value=1,
        label="Time limit in seconds",
        help_text="Empty: as long as the command may.",
    )
    expected_exit_codes = CodesField(
        required=False, label="Exit codes that mean success", help_text="Empty: 0 alone. Several with commas."
    )
    interval = forms.ChoiceField(label="Runs by itself", choices=Job.Interval.choices)
    cron = forms.CharField(
        max_length=64,
        required=False,
        label="Cron line",
        help_text="For “By a cron line”: minute, hour, day of month, month, day of week.",
        widget=forms.TextInput(attrs={"placeholder": "0 3 * * *", "spellcheck": "false"}),
    )
    zone = forms.CharField(max_length=64, initial="UTC", label="Time zone")
    delay_seconds = forms.IntegerField(
        min_value=0, initial=0, label="Delay in seconds", help_text="How long after each time it starts."
    )
    allow_overlap = forms.BooleanField(required=False, label="Several runs at once")
    needs_credentials = forms.BooleanField(
        required=False,
        label="Only with credentials that work",
        help_text="A flow with one that is unavailable or misconfigured does not start: exit code 75.",
    )
    max_attempts = forms.IntegerField(min_value=1, initial=1, label="Attempts")
    backoff = forms.ChoiceField(label="Pause between attempts", choices=Job.Backoff.choices)
    min_gap_seconds = forms.IntegerField(min_value=0, initial=0, label="Shortest pause in seconds")
    deadline = forms.CharField(
        max_length=20,
        required=False,
        help_text="+3h is three hours after the time wanted; 08:00 is that time of the day. Empty: none.",
    )
    allow_late = forms.BooleanField(required=False, label="May still start after its deadline")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["command"].queryset = commands_in_reach(actor)
        fields["flow"].queryset = listed_own(actor)

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        cleaned = self.cleaned_data
        empty: dict[str, Any] = {"parameters": {}, "environment": {}}
        return {
            name: empty[name] if value is None and name in empty else value for name, value in cleaned.items()
        }


class LaunchForm(SiteForm):
    reason = forms.CharField(
        max_length=300, required=False, label="Why", help_text="For those who look later."
    )
    parameters = json_field("Parameters", "Laid over those of the job, name by name.", 3)

    def clean_parameters(self) -> Any:
        """An object; nothing at all is an empty one."""
        value = self.cleaned_data["parameters"]
        if value is not None and not isinstance(value, dict):
            raise forms.ValidationError("The parameters are a JSON object: write { … }.")
        return value or {}
