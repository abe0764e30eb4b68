"""The form of a credential, made from the fields of its type."""

import json
from typing import Any

from django import forms

from actions.models import Credential
from actions.services.credential_reading import ShownValues
from common.problems import Problem
from flows.sdk import CredentialType, JsonObject
from flows.sdk.config import MAX_CREDENTIAL_NAME
from flows.sdk.config_fields import ConfigField, config_of
from look.forms import CLASSES, SiteForm

NUMBERS = {"integer": forms.IntegerField, "number": forms.FloatField}
LONG = ("textarea", "code")


class AboutForm(SiteForm):
    """What every credential has beside its values."""

    name = forms.CharField(
        max_length=MAX_CREDENTIAL_NAME, help_text="Flows name it, so another name is another credential."
    )
    is_shared = forms.BooleanField(required=False, label="The flows of tenants may use it")
    has_staging = forms.BooleanField(
        required=False,
        label="Test runs use other values",
        help_text="Such as those of a server for trying things out.",
    )
    confirm = forms.BooleanField(required=False, label="Change it for the flows that use it")

    def __init__(self, *args: Any, may_share: bool, is_used: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]
        if not is_used:
            del self.fields["confirm"]


class ValuesForm(SiteForm):
    """One set of values. What stays empty keeps a secret as it is; no secret is ever in the page."""

    def __init__(
        self, kind: CredentialType, shown: ShownValues | None, *args: Any, prefix: str, **kwargs: Any
    ) -> None:
        self._shown = shown
        self._places = config_of(kind.Fields)
        super().__init__(*args, prefix=prefix, **kwargs)
        for name, place in self._places.fields.items():
            self.fields[name] = made = self._field(place, prefix)
            made.widget.attrs["class"] = CLASSES.get(type(made.widget), "form-control")

    def _field(self, place: ConfigField, prefix: str) -> forms.Field:
        made = _field_of(place)
        made.required, made.label = False, place.label
        made.help_text = str(place.schema.get("description") or "")
        is_needed = place.name in self._places.schema.get("required", ())
        is_set = self._shown is not None and place.name in self._shown.secrets
        made.is_secret = _is_secret(place)  # type: ignore[attr-defined]  # for the template
        made.is_set, made.is_needed = is_set, is_needed  # type: ignore[attr-defined]
        made.removal = f"{prefix}-{place.name}-remove" if is_set and not is_needed else ""  # type: ignore[attr-defined]
        if place.hints.get("placeholder"):
            made.widget.attrs["placeholder"] = place.hints["placeholder"]
        if place.depends_on:
            names = {f"{prefix}-{name}": values for name, values in place.depends_on.items()}
            made.depends_on = json.dumps(names)  # type: ignore[attr-defined]
        if not _is_secret(place):
            values = self._shown.values if self._shown else {}
            made.initial = _as_text(values.get(place.name, place.schema.get("default")))
        return made

    def values(self) -> JsonObject:
        """What to send: with nothing there yet all that is filled in, else what is another value now."""
        found: JsonObject = {}
        for name, place in self._places.fields.items():
            value = _as_json(place, self.cleaned_data.get(name))
            if _is_secret(place):
                if value or self.data.get(getattr(self.fields[name], "removal", "")):
                    found[name] = value
            elif self._shown is None:
                if value not in ("", None, []):
                    found[name] = value
            elif value != self._shown.values.get(name):
                found[name] = value
        return found

    def take(self, problem: Problem, field: str) -> bool:
        """Show what was refused at the inputs; whether anything of it belongs to this set of values."""
        errors = problem.extra.get("errors") or [
            {"field": problem.field, "message": problem.message, "hint": problem.hint}
        ]
        taken = False
        for error in errors:
            root, _, path = str(error["field"] or "").partition(".")
            name = path.partition(".")[0]
            if root == field:
                taken = True
                text = f"{error['message']} {error['hint']}".strip()
                self.add_error(name if name in self.fields else None, text)
        return taken


def initial_of(row: Credential) -> JsonObject:
    """What the form of a credential begins with."""
    return {"name": row.name, "is_shared": row.is_shared, "has_staging": row.staging_fields is not None}


def _is_secret(place: ConfigField) -> bool:
    return bool(place.schema.get("x-secret"))


def _field_of(place: ConfigField) -> forms.Field:
    schema, widget = place.schema, place.hints.get("widget")
    if _is_secret(place):
        if widget in LONG:
            return forms.CharField(
                strip=False, widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})
            )
        return forms.CharField(
            strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
        )
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return forms.ChoiceField(choices=[(value, place.choices.get(value, value)) for value in values])
    if schema.get("type") == "boolean":
        return forms.BooleanField()
    if (number := NUMBERS.get(str(schema.get("type")))) is not None:
        return number(min_value=schema.get("minimum"), max_value=schema.get("maximum"))
    if schema.get("type") == "array":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))
    if widget in LONG:
        return forms.CharField(strip=False, widget=forms.Textarea(attrs={"rows": 4}))
    return forms.CharField(max_length=schema.get("maxLength"))


def _as_text(value: Any) -> Any:
    return "\n".join(map(str, value)) if isinstance(value, list) else value


def _as_json(place: ConfigField, value: Any) -> Any:
    if place.schema.get("type") == "array":
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]
    return value
