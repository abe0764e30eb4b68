"""Serializers that refuse what they do not know, and fields for names."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from common.names import hidden_character, settled


class RefusesUnknown:
    """Mixin: a key that is no field, or cannot be set, and a number for a text are errors.

    DRF would ignore the one and convert the other in silence.
    """

    def to_internal_value(self, data: Any) -> Any:
        """As DRF's, after the check of the keys and texts."""
        if isinstance(data, Mapping):
            _check_members(self.fields, data)  # type: ignore[attr-defined]
        return super().to_internal_value(data)  # type: ignore[misc]


class StrictSerializer(RefusesUnknown, serializers.Serializer[Any]):
    """The base of bodies that are not a model's row."""


class StrictModelSerializer(RefusesUnknown, serializers.ModelSerializer[Any]):
    """The base of bodies that are a model's row. Services write; `save` is not for views."""

    def create(self, validated_data: Any) -> Any:
        """Views do not save."""
        raise NotImplementedError("Call a service.")

    def update(self, instance: Any, validated_data: Any) -> Any:
        """Views do not save."""
        raise NotImplementedError("Call a service.")


class NameField(serializers.CharField):
    """One line that looks like what it is: NFC, no control, bidirectional or invisible characters."""

    default_error_messages = {"hidden": "The text holds control or invisible characters."}

    def to_internal_value(self, data: Any) -> str:
        """The text, composed."""
        text = str(super().to_internal_value(data))
        if hidden_character(text) is not None:
            self.fail("hidden")
        return settled(text)


def _check_members(fields: Mapping[str, Any], data: Mapping[Any, Any]) -> None:
    errors: dict[str, list[ErrorDetail]] = {}
    for key, value in data.items():
        field = fields.get(key)
        if field is None:
            known = ", ".join(name for name, other in fields.items() if not other.read_only)
            text, code = f"There is no field of this name. There is: {known}.", "unknown_field"
        elif field.read_only:
            text, code = "This field cannot be set.", "read_only_field"
        elif isinstance(field, serializers.CharField) and not isinstance(value, str | None):
            text, code = "Send a text, in quotes.", "invalid"
        else:
            continue
        errors[str(key)] = [ErrorDetail(text, code=code)]
    if errors:
        raise serializers.ValidationError(errors)
