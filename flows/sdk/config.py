"""The config of a node: a pydantic model whose fields say how they are filled in.

The JSON Schema of a config, with the `x-ui` and `x-slot` hints that are set here, is all that the editor
knows of it.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    JsonValue,
    Strict,
)
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from flows.sdk.paths import checked_path


class NodeConfig(BaseModel):
    """The base of every config: frozen, unknown keys refused, numbers finite.

    `aliases`: what other systems call the fields, with our names. An import accepts them; None is what belongs into
    a credential here, and is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_enum_values=True, allow_inf_nan=False)
    aliases: ClassVar[Mapping[str, str | None]] = {}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler(schema)
        for field in handler.resolve_ref_schema(described).get("properties", {}).values():
            _hint_at_credential_types(field)
        return described


def _hint_at_credential_types(schema: Any) -> None:
    """Put what `CredentialRef` says beside the other hints, which pydantic does not do: it keeps one `x-ui` of two."""
    if isinstance(schema, list):
        for entry in schema:
            _hint_at_credential_types(entry)
    elif isinstance(schema, dict):
        for key in ("anyOf", "items", "additionalProperties"):
            _hint_at_credential_types(schema.get(key))
        if _CREDENTIAL_TYPES in schema:
            types = schema.pop(_CREDENTIAL_TYPES)
            schema["x-ui"] = {**schema.get("x-ui", {}), "credentialTypes": types}


class Slot(StrEnum):
    """What kind of place a template is written in: how it is rendered and what a value can do there."""

    TEXT = "text"
    """Renders to text."""
    HTML = "html"
    """Renders to text; what an expression gives is escaped for HTML, the markup around it is left alone."""
    VALUE = "value"
    """A field that is one expression keeps its type; a mixed text renders to text."""
    INTEGER = "integer"
    """Must render to a whole number."""
    JSON = "json"
    """JSON whose strings, at any depth, are `VALUE` templates: no value can add a key."""
    URL = "url"
    """Each expression is percent-encoded, except one that begins the URL: no value adds a path or changes the
    host."""
    HEADER = "header"
    """One line of printable ASCII."""
    ADDRESS = "address"
    """One mail address."""


PATH: Final = "path"
DURATION_SLOT: Final = "duration"
CREDENTIAL: Final = "credential"
SLOTS: Final = (*Slot, PATH, DURATION_SLOT, CREDENTIAL)
"""All that `x-slot` says of what is written in a field."""
Widget = Literal["textarea", "code", "switch", "tags", "key-value", "json", "select", "event-type"]
MAX_TEMPLATE_CHARACTERS: Final = 16_384


def _slot(slot: str, **constraints: Any) -> FieldInfo:
    """Marks what is written in a field, for the form and for `flows.sdk.config_fields`."""
    info: FieldInfo = Field(json_schema_extra={"x-slot": str(slot)}, **constraints)
    return info


def _text(slot: Slot) -> FieldInfo:
    return _slot(slot, max_length=MAX_TEMPLATE_CHARACTERS)


def text_with_names(names: Mapping[str, str]) -> FieldInfo:
    """Marks a `TemplateText` in which `{name}` stands for an expression, as other systems write their texts.

    A name that is not listed, or whose fields the record lacks, stays as it is written. What is put in is a value:
    braces in it, and in what an expression gives, mean nothing.
    """
    extra: dict[str, Any] = {"x-slot": str(Slot.TEXT), "x-names": dict(names)}
    info: FieldInfo = Field(max_length=MAX_TEMPLATE_CHARACTERS, json_schema_extra=extra)
    return info


TemplateText = Annotated[str, _text(Slot.TEXT)]
TemplateHtml = Annotated[str, _text(Slot.HTML)]
TemplateHeader = Annotated[str, _text(Slot.HEADER)]
TemplateUrl = Annotated[str, _text(Slot.URL)]
TemplateAddress = Annotated[str, _text(Slot.ADDRESS)]
TemplateInteger = Annotated[int | str, _slot(Slot.INTEGER)]
TemplateValue = Annotated[JsonValue, _slot(Slot.VALUE)]
TemplateJson = Annotated[JsonValue, _slot(Slot.JSON)]

MAX_CREDENTIAL_NAME: Final = 100
_CREDENTIAL_TYPES: Final = "x-credential-types"


def CredentialRef(*types: str) -> Any:  # it stands where a type stands
    """The type of a config field that names a credential of one of these types; empty when none is chosen."""
    return Annotated[
        str,
        _slot(CREDENTIAL, max_length=MAX_CREDENTIAL_NAME),
        Field(json_schema_extra={_CREDENTIAL_TYPES: list(types)}),
    ]


FieldPath = Annotated[str, AfterValidator(checked_path), _slot(PATH)]
"""A dotted path into the record. Segments that are whole numbers index into a list."""

DURATION = re.compile(r"^(\d{1,9})(ms|s|m|h|d)$")
UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def duration_seconds(text: str) -> float:
    """Seconds of a duration such as `30s`, `5m`, `6h`, `2d` or `250ms`.

    Raises:
        ValueError: the text is no duration.
    """
    match = DURATION.match(text)
    if not match:
        raise ValueError("Write a number and a unit: 250ms, 30s, 5m, 6h or 2d.")
    return int(match[1]) * UNIT_SECONDS[match[2]]


def _duration(text: str) -> str:
    duration_seconds(text)
    return text


FlowDuration = Annotated[str, AfterValidator(_duration), _slot(DURATION_SLOT)]
"""A length of time as `30s`, `5m`, `6h`, `2d` or `250ms`."""


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def plain_number(number: float) -> float:
    """Whole numbers as such, others to a hundredth: settings and the canvas have no finer places."""
    rounded = round(number, 2)
    return int(rounded) if rounded == int(rounded) else rounded


WHOLE: Final = BeforeValidator(_whole)
"""Lets a strict integer be written as 3.0 too, as some do in JSON."""
StrictInteger = Annotated[int, Strict(), WHOLE]
StrictNumber = Annotated[float, Strict(), AfterValidator(plain_number)]


EVENT_TYPE_WIDGET: Final = "event-type"
"""Chooses an event type; by it the core finds the field of a trigger that says which events start the flow."""


def ui(
    default: Any = ...,
    *,
    label: str,
    help: str = "",  # it reads as what it is in a config model
    widget: Widget | None = None,
    group: str = "",
    placeholder: str = "",
    depends_on: dict[str, list[Any]] | None = None,
    choices: dict[str, str] | None = None,
    choices_from: tuple[str, ...] | None = None,
    **constraints: Any,
) -> Any:
    """Describe a config field for the form that is derived from it.

    Args:
        default: as pydantic's; a field without one is required.
        label: what stands beside the input; every field has its own.
        help: one sentence under the input.
        widget: None derives it.
        group: a heading that several fields share.
        placeholder: a grey example in an empty input.
        depends_on: shows the field only when another has one of these values: `{"component": ["network"]}`.
        choices: label by value, for fields that are a choice.
        choices_from: the list comes from `Node.choices`, which needs these other fields of the config to be filled
            in; a template may be written instead where the field takes one.
        constraints: passed on to pydantic, such as `ge`, `max_length`, `min_length`.
    """
    hints = {
        "widget": widget,
        "group": group or None,
        "placeholder": placeholder or None,
        "dependsOn": depends_on,
        "choices": choices,
        "choicesFrom": list(choices_from) if choices_from is not None else None,
    }
    extra: dict[str, Any] = {"x-ui": {key: value for key, value in hints.items() if value is not None}}
    return Field(default, title=label, description=help or None, json_schema_extra=extra, **constraints)
