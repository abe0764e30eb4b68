"""Fields and inputs that only the inventory's forms need."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.actors import Actor
from accounts.models import User
from inventory.services.reach import known_nodes


class Choice(forms.ModelChoiceField):  # type: ignore[type-arg]  # of any model
    """A row under the name by which people know it."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and address of a user, all else as it calls itself."""
        if not isinstance(obj, User):
            return str(obj)
        place = f", {obj.tenant}" if obj.tenant else ""
        return f"{obj.name} ({obj.email}){place}" if obj.name else f"{obj.email}{place}"


class NodeInput(forms.TextInput):
    """The name of a node, with those that are known to choose from."""

    def __init__(self, actor: Actor) -> None:
        super().__init__(attrs={"placeholder": "pve1", "autocomplete": "off"})
        self.actor = actor

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = super().render(name, value, {**(attrs or {}), "list": "known-nodes"}, renderer)
        options = format_html_join(
            "", '<option value="{}"></option>', ((node,) for node in known_nodes(self.actor))
        )
        return format_html('{}<datalist id="known-nodes">{}</datalist>', shown, options)


class AttributesField(forms.CharField):
    """A list of key and value, one pair a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["help_text"] = "One a line: support: 24/7"
        super().__init__(
            widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}), max_length=10_000, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """The pairs as lines."""
        if not isinstance(value, list):
            return value
        return "\n".join(
            f"{pair.get('key')}: {pair.get('value')}" for pair in value if isinstance(pair, dict)
        )

    def to_python(self, value: Any) -> Any:
        """The lines as pairs.

        Raises:
            ValidationError: a line is not a pair.
        """
        if isinstance(value, list):
            return value
        pairs = []
        for line in filter(str.strip, str(value or "").splitlines()):
            key, colon, text = line.partition(":")
            if not colon or not key.strip():
                raise ValidationError(
                    f"“{line[:60]}” is not a pair. Write a name, a colon and a value on each line."
                )
            pairs.append({"key": key.strip(), "value": text.strip()})
        return pairs

    def validate(self, value: Any) -> None:
        """Nothing more to hold: pairs are no text."""

    def run_validators(self, value: Any) -> None:
        """As `validate`."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the lines say something else; values that are no text count by how they are shown."""
        try:
            return bool(self.prepare_value(initial or []) != self.prepare_value(self.to_python(data)))
        except ValidationError:
            return True
