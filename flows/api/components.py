"""The parts of the OpenAPI document that no serializer can say: flow documents, and schemas that hold schemas."""

from typing import Any, get_args

from flows.graph.document import FORMAT, VERSION
from flows.sdk.config import SLOTS, Widget

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_OBJECT = {"type": "object", "additionalProperties": {}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _map(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _closed(description: str, properties: dict[str, Any], optional: str = "") -> dict[str, Any]:
    """An object that has exactly these, but for one that may be left out."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": sorted(properties.keys() - {optional}),
    }


COMPONENTS: dict[str, dict[str, Any]] = {
    "FlowDocument": _closed(
        "A drawing.",
        {
            "format": {"type": "string", "const": FORMAT},
            "version": {"type": "integer", "const": VERSION},
            "name": _TEXT,
            "description": _TEXT,
            "settings": _OBJECT,
            "nodes": _list(_ref("FlowNode")),
            "edges": _list(_ref("Edge")),
        },
    ),
    "FlowNode": _closed(
        "A node of a drawing.",
        {
            "id": _TEXT,
            "type": _TEXT,
            "typeVersion": _COUNT,
            "name": _TEXT,
            "config": _OBJECT,
            "settings": _OBJECT,
            "position": _ref("Position"),
        },
        optional="typeVersion",
    ),
    "Position": _closed("A place on the canvas.", {"x": {"type": "number"}, "y": {"type": "number"}}),
    "RecordShape": {
        "type": "object",
        "description": "What a record looks like, as JSON Schema. `x-open`: it may have fields that are not listed; "
        "`x-more`: so many are left out here; `x-masked`: the value is a mask.",
        "properties": {
            "type": {},
            "properties": _map(_ref("RecordShape")),
            "items": _ref("RecordShape"),
            "description": _TEXT,
            "format": _TEXT,
            "x-open": {"type": "boolean"},
            "x-more": _COUNT,
            "x-masked": {"type": "boolean"},
        },
    },
    "FormSchema": {
        "type": "object",
        "description": "The JSON Schema of a config. `x-ui` says how its field is shown, `x-slot` what kind of "
        "template is written in it.",
        "properties": {
            "type": {"anyOf": [_TEXT, _list(_TEXT)]},
            "title": _TEXT,
            "description": _TEXT,
            "default": {},
            "enum": _list({}),
            "const": {},
            "format": _TEXT,
            "properties": _map(_ref("FormSchema")),
            "required": _list(_TEXT),
            "additionalProperties": {"anyOf": [{"type": "boolean"}, _ref("FormSchema")]},
            "items": _ref("FormSchema"),
            "anyOf": _list(_ref("FormSchema")),
            "oneOf": _list(_ref("FormSchema")),
            "allOf": _list(_ref("FormSchema")),
            "$ref": _TEXT,
            "$defs": _map(_ref("FormSchema")),
            "minimum": {"type": "number"},
            "maximum": {"type": "number"},
            "exclusiveMinimum": {"type": "number"},
            "maxLength": _COUNT,
            "minItems": _COUNT,
            "maxItems": _COUNT,
            "pattern": _TEXT,
            "x-ui": _ref("FormHints"),
            "x-slot": {"type": "string", "enum": [str(slot) for slot in SLOTS]},
            "x-secret": {"type": "boolean"},
            "x-names": {**_map(_TEXT), "description": "Expressions by the names for them in single braces."},
        },
    },
    "FormHints": {
        "type": "object",
        "description": "How a field of a form is shown.",
        "properties": {
            "widget": {"type": "string", "enum": list(get_args(Widget))},
            "group": _TEXT,
            "placeholder": _TEXT,
            "dependsOn": _map(_list({})),
            "choices": _map(_TEXT),
            "choicesFrom": _list(_TEXT),
            "credentialTypes": _list(_TEXT),
        },
    },
}
