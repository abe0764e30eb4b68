"""Forms of the flow pages, in the site's look."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from common.problems import Problem
from common.strict_json import loads
from flows.sdk.events import MAX_EVENT_NAME
from flows.services.hooks import AT_ONCE
from flows.services.known_types import KnownEventType
from look.forms import SiteForm


def posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, be it nothing; None when the form is only shown."""
    return request.POST if request.method == "POST" else None


class JsonField(forms.CharField):
    """JSON as text, read strictly; the cleaned value is the JSON itself, None for an empty text."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("strip", False)
        super().__init__(**kwargs)
        self.widget.attrs.update(
            {"class": "form-control font-monospace", "rows": 14, "spellcheck": "false", "autocomplete": "off"}
        )

    def clean(self, value: Any) -> Any:
        """Parse.

        Raises:
            ValidationError: it is no strict JSON; says where.
        """
        text = super().clean(value)
        if not text.strip():
            return None
        try:
            return loads(text.encode())
        except Problem as problem:
            raise forms.ValidationError(problem.told) from problem


class NewFlowForm(SiteForm):
    name = forms.CharField(
        max_length=200, widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"})
    )
    starts = forms.ChoiceField(
        label="Starts with", required=False, help_text="You can change it in the editor."
    )

    def __init__(self, *args: Any, choices: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts"].choices = choices  # type: ignore[attr-defined]


class RotationForm(SiteForm):
    """How long the secret before is taken beside a new one."""

    keep_old_for = forms.ChoiceField(
        label="The secret in use",
        choices=[
            (AT_ONCE, "Ends at once"),
            ("1h", "Is taken for another hour"),
            ("24h", "Is taken for another day"),
            ("7d", "Is taken for another week"),
        ],
        required=False,
        help_text="While both are taken, callers can be moved to the new one, one after the other.",
    )

    def clean_keep_old_for(self) -> str:
        """Where nothing was asked there was none before."""
        return self.cleaned_data["keep_old_for"] or AT_ONCE


class SecretForm(RotationForm):
    """The secret of another system, which nothing shows again."""

    field_order = ("secret", "keep_old_for")

    secret = forms.CharField(
        label="Secret from the other system",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Where the calling system issues its own, such as Slack and Stripe: paste it here.",
    )


class FlowForm(SiteForm):
    name = forms.CharField(max_length=200)
    description = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="What it is for."
    )


class EventTypeForm(SiteForm):
    """What an event type is called, and what its payload looks like."""

    name = forms.CharField(
        max_length=MAX_EVENT_NAME,
        help_text="Small letters and digits, best subject.verb. It cannot be changed later.",
        widget=forms.TextInput(attrs={"placeholder": "order.paid", "autocomplete": "off"}),
    )
    label = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"placeholder": "Order paid"}))
    summary = forms.CharField(
        max_length=500, required=False, help_text="When does it fire? One sentence, for those who draw flows."
    )
    shape = forms.ChoiceField(
        label="Defined by",
        choices=[("example", "An example payload"), ("schema", "A JSON Schema")],
        widget=forms.Select,
    )
    body = JsonField(
        label="Example or schema",
        help_text="From an example, hookflow learns the fields and their types; a schema also checks what arrives.",
    )


class RunNowForm(SiteForm):
    payload = JsonField(help_text="What the trigger hands on. Change what you need.", required=False)
    is_test = forms.BooleanField(label="As a test run", required=False)

    def clean_payload(self) -> Any:
        """An object; nothing at all is an empty one."""
        payload = self.cleaned_data["payload"]
        if payload is not None and not isinstance(payload, dict):
            raise forms.ValidationError("The payload is a JSON object: write { … }.")
        return payload or {}


class SendEventForm(SiteForm):
    type = forms.ChoiceField(label="Event type")
    payload = JsonField(help_text="The sample of the event type to begin with; change what you need.")

    def __init__(self, *args: Any, kinds: list[KnownEventType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = grouped(kinds)  # type: ignore[attr-defined]


def grouped(kinds: list[KnownEventType], prefix: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices by group, in the order of the catalogue."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in kinds:
        groups.setdefault(kind.group, []).append((f"{prefix}{kind.name}", f"{kind.label} ({kind.name})"))
    return list(groups.items())
