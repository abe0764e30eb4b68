"""The form of the platform's settings of one action: any of its fields, each of which may be left alone."""

import json
from typing import Any, Final

from django import forms

from common.problems import Problem
from flows.pages.forms import JsonField
from flows.sdk import JsonObject, Node
from flows.sdk.config_fields import ConfigField, config_of
from look.forms import SiteForm

LEFT: Final = ("", "As each action says")
NUMBERS: Final = {"integer": forms.IntegerField, "number": forms.FloatField}
YES: Final = {"yes": True, "no": False}


class ActionSettingsForm(SiteForm):
    """What is left empty is not set here."""

    def __init__(self, node: Node, config: JsonObject, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = config_of(node.Config).fields
        for name, place in self._places.items():
            made = _field_of(place, config.get(name))
            made.required, made.label = False, place.label
            made.help_text = " ".join([*self._conditions(place), str(place.schema.get("description") or "")])
            made.initial = _shown(made, config.get(name))
            made.widget.attrs.setdefault(
                "class", "form-select" if isinstance(made, forms.ChoiceField) else "form-control"
            )
            self.fields[name] = made

    def _conditions(self, place: ConfigField) -> list[str]:
        """When an action has the field at all."""
        return [
            f"With {self._places[other].label}: {', '.join(self._told(other, value) for value in values)}."
            for other, values in place.depends_on.items()
            if other in self._places
        ]

    def _told(self, name: str, value: Any) -> str:
        return str(self._places[name].choices.get(value) or {True: "yes", False: "no"}.get(value, value))

    def config(self) -> JsonObject:
        found = {name: self._value(name) for name in self._places}
        return {name: value for name, value in found.items() if value not in (None, "")}

    def _value(self, name: str) -> Any:
        value, place = self.cleaned_data.get(name), self._places[name]
        if isinstance(self.fields[name], forms.ChoiceField) and value:
            options = YES if _is_switch(place) else {str(one): one for one in _choices(place)}
            return options[value]
        return value

    def add_problem(self, problem: Problem) -> None:
        """At the field of the config that the service names."""
        name = (problem.field or "").removeprefix("config.").split(".")[0]
        self.add_error(name if name in self.fields else None, problem.told)


def _field_of(place: ConfigField, stored: Any) -> forms.Field:
    kind = str(place.schema.get("type"))
    if _is_switch(place):
        return forms.ChoiceField(choices=[LEFT, ("yes", "Yes"), ("no", "No")])
    if choices := _choices(place):
        named = [(str(value), place.choices.get(value, value)) for value in choices if value != ""]
        return forms.ChoiceField(choices=[LEFT, *named])
    if kind in NUMBERS and not place.is_union:
        return NUMBERS[kind](min_value=place.schema.get("minimum"), max_value=place.schema.get("maximum"))
    is_plain = place.slot not in ("", "json") or (kind == "string" and not place.is_union)
    if not is_plain or not isinstance(stored, str | None):
        return JsonField(widget=forms.Textarea(attrs={"rows": 3}))
    rows = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    is_long = place.hints.get("widget") == "textarea"
    return forms.CharField(strip=False, widget=rows if is_long else forms.TextInput)


def _is_switch(place: ConfigField) -> bool:
    return place.schema.get("type") == "boolean" and not place.is_union


def _choices(place: ConfigField) -> list[Any]:
    found: list[Any] = place.schema.get("enum", [])
    return [] if place.is_union else found


def _shown(field: forms.Field, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, forms.ChoiceField):
        return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    if isinstance(field, JsonField):
        return json.dumps(value, ensure_ascii=False)
    return value
