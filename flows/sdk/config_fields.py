"""The fields of a config, as its JSON Schema tells them to forms, compiler, previews and documentation alike."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from pydantic import BaseModel

from flows.sdk.config import CREDENTIAL, EVENT_TYPE_WIDGET, PATH
from flows.sdk.json_types import Json, JsonObject

WRITTEN_FIELDS: Final = frozenset({"as_field"})
"""Paths in fields of this name say where a node writes; all others say what it reads."""


class ConfigField:
    """A place in a config: a field, an element of a list, a value of an object, or the config as a whole.

    `name`: of the field; elements and values have that of their list or object.
    `schema`: with what it refers to put in its place and without null; of a union, the first alternative.
    `slot`: what is written there: a `Slot`, `path`, `duration`, `credential`; empty for plain values.
    `is_union`: whether there are several alternatives, null aside.
    """

    def __init__(self, name: str, schema: JsonObject, definitions: JsonObject) -> None:
        self._definitions = definitions
        alternatives = _alternatives(schema, definitions)
        # A slot is one place, whatever is written in it.
        self._open = [entry for entry in alternatives if "x-slot" not in entry]
        self.name = name
        self.schema: JsonObject = alternatives[0] if alternatives else {}
        self.label = str(self.schema.get("title", name))
        self.slot = next((str(entry["x-slot"]) for entry in alternatives if "x-slot" in entry), "")
        self.is_union = len(alternatives) > 1
        self.hints: Mapping[str, Any] = self.schema.get("x-ui", {})

    @property
    def is_written(self) -> bool:
        """Whether the node writes at the path that stands here."""
        return self.slot == PATH and self.name in WRITTEN_FIELDS

    @property
    def chooses_event(self) -> bool:
        """Whether people choose here which events start the flow."""
        return self.hints.get("widget") == EVENT_TYPE_WIDGET

    @property
    def credential_types(self) -> list[str]:
        """The types of the credentials that can be named here; empty: any."""
        found: list[str] = self.hints.get("credentialTypes", [])
        return found

    @property
    def depends_on(self) -> Mapping[str, list[Json]]:
        """The form shows the field when each of these others has one of the values."""
        found: Mapping[str, list[Json]] = self.hints.get("dependsOn", {})
        return found

    @property
    def choices(self) -> Mapping[Json, str]:
        found: Mapping[Json, str] = self.hints.get("choices", {})
        return found

    @property
    def choices_from(self) -> list[str] | None:
        """The fields on which the list from the node's type depends; None when there is no such list."""
        found: list[str] | None = self.hints.get("choicesFrom")
        return found

    @property
    def names(self) -> Mapping[str, str]:
        """Expressions by the names that stand for them in single braces."""
        found: Mapping[str, str] = self.schema.get("x-names", {})
        return found

    @cached_property
    def fields(self) -> Mapping[str, "ConfigField"]:
        """The fields of a model."""
        return {
            name: ConfigField(name, schema, self._definitions)
            for entry in reversed(self._open)
            for name, schema in entry.get("properties", {}).items()
        }

    @cached_property
    def items(self) -> "ConfigField | None":
        """Every element of a list."""
        return self._inner("items")

    @cached_property
    def values(self) -> "ConfigField | None":
        """Every value of an object whose keys are free."""
        return self._inner("additionalProperties")

    def at(self, step: str) -> "ConfigField | None":
        """The place one step further in, by the name of a field, the number of an element or the key of a value."""
        return self.fields.get(step) or (self.items if step.isdigit() else None) or self.values

    def _inner(self, key: str) -> "ConfigField | None":
        found = next((entry[key] for entry in self._open if isinstance(entry.get(key), dict)), None)
        if found is None:
            return None
        return ConfigField(self.name, {"title": self.label, **found}, self._definitions)


def _alternatives(schema: JsonObject, definitions: JsonObject) -> list[JsonObject]:
    """What may stand in a place, null aside; each with what the place itself says."""
    inner = schema.get("anyOf") or schema.get("oneOf")
    if "$ref" in schema:
        # A docstring tells programmers of the type, not people of the field.
        inner = [{**definitions[schema["$ref"].rpartition("/")[2]], "description": ""}]
    if inner is None:
        return [] if schema.get("type") == "null" else [schema]
    own = {key: value for key, value in schema.items() if key not in ("$ref", "anyOf", "oneOf")}
    return [{**found, **own} for entry in inner for found in _alternatives(entry, definitions)]


@lru_cache(maxsize=512)
def config_of(model: type[BaseModel]) -> ConfigField:
    """A config as a whole, from its model."""
    return described(model.model_json_schema(), "The config")


def described(schema: JsonObject, called: str) -> ConfigField:
    """What a JSON Schema describes, as a whole."""
    return ConfigField("", {**schema, "title": called}, schema.get("$defs", {}))


@dataclass(frozen=True, slots=True)
class FilledField:
    """A place of a filled-in config with its value, and the way to it from the config."""

    steps: tuple[str | int, ...]
    field: ConfigField
    value: Any

    @property
    def path(self) -> str:
        return ".".join(map(str, self.steps))


def filled_fields(config: BaseModel) -> Iterator[FilledField]:
    """Every place of a config that holds no further ones, through models, lists and objects.

    Hidden fields are left out, because what is left in them does nothing.
    """
    return _filled(config_of(type(config)), config, ())


def drawn_fields(model: type[BaseModel], config: JsonObject) -> Iterator[FilledField]:
    """The same of a config that does not fit its model yet, as far as it goes."""
    return _filled(config_of(model), config, ())


@dataclass(frozen=True, slots=True)
class NamedCredential:
    """A credential that a config names.

    `types`: those that will do; empty: any. `path`: of the config field.
    """

    name: str
    types: tuple[str, ...]
    path: str


def named_credentials(config: BaseModel) -> tuple[NamedCredential, ...]:
    """The credentials that a config names, wherever it does; no template is written there."""
    return tuple(
        NamedCredential(str(place.value), tuple(place.field.credential_types), place.path)
        for place in filled_fields(config)
        if place.field.slot == CREDENTIAL and place.value
    )


def _filled(field: ConfigField, value: Any, steps: tuple[str | int, ...]) -> Iterator[FilledField]:
    parts = _parts(field, value)
    if parts is None:
        yield FilledField(steps, field, value)
        return
    for step, inner, entry in parts:
        yield from _filled(inner, entry, (*steps, step))


def _parts(field: ConfigField, value: Any) -> Iterable[tuple[str | int, ConfigField, Any]] | None:
    """The places that a value holds, each by the step to it; None when it is one place itself."""
    if isinstance(value, BaseModel):
        return _shown_parts(config_of(type(value)).fields, value)
    if isinstance(value, dict) and field.fields:
        return _shown_parts(field.fields, value)
    if isinstance(value, list | tuple) and (items := field.items):
        return ((place, items, entry) for place, entry in enumerate(value))
    if isinstance(value, dict) and (values := field.values):
        return ((key, values, entry) for key, entry in value.items())
    return None


def _shown_parts(
    fields: Mapping[str, ConfigField], holder: BaseModel | JsonObject
) -> Iterator[tuple[str, ConfigField, Any]]:
    for name, inner in fields.items():
        is_there = isinstance(holder, BaseModel) or name in holder
        if is_there and _is_shown(holder, inner, fields):
            yield name, inner, _value_in(holder, name, fields)


def _is_shown(
    holder: BaseModel | JsonObject, field: ConfigField, fields: Mapping[str, ConfigField], depth: int = 8
) -> bool:
    """Whether the form shows a field, by what it depends on and what that depends on."""
    return all(
        _value_in(holder, name, fields) in choices
        and (depth == 0 or name not in fields or _is_shown(holder, fields[name], fields, depth - 1))
        for name, choices in field.depends_on.items()
    )


def _value_in(holder: BaseModel | JsonObject, name: str, fields: Mapping[str, ConfigField]) -> Any:
    if isinstance(holder, BaseModel):
        return getattr(holder, name, None)
    return holder.get(name, fields[name].schema.get("default") if name in fields else None)
