"""The line under a node's name on the canvas: what this node does, from its config as drawn."""

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import TypeAdapter, ValidationError

from flows.sdk.config import NodeConfig
from flows.sdk.config_fields import config_of
from flows.sdk.json_types import Json, JsonObject

if TYPE_CHECKING:
    from flows.sdk.node import Node

MAX_SUMMARY = 80

_ONE_FIELD = re.compile(r"\{\{\s*([^\s{}]+)\s*\}\}")
_AUTHORITY = re.compile(r"(?:https?://)?((?:\{\{.*?\}\}|[^/?#{])+)", re.IGNORECASE)
_LOOKED_AT = 4 * MAX_SUMMARY
"""More of a value is not read: what lies behind would be cut off anyway."""
_SHOWN_ENTRIES = 5


def summary_of(node: "Node", version: int, drawn: JsonObject) -> str:
    """The summary of a node as drawn: one line of at most `MAX_SUMMARY` characters.

    A half-filled config counts as far as it is right. Empty when there is nothing to tell yet; `NodeMeta.unset`
    then stands in its place.
    """
    try:
        if version < node.meta.version:
            drawn = node.upgrade(version, dict(drawn))
        return one_line(node.summary(as_far_as_right(node.Config, drawn)))
    except Exception:  # noqa: BLE001  # a stranger's node type may raise anything; a drawing shows all the same
        return ""


def as_far_as_right(model: type[NodeConfig], drawn: JsonObject) -> NodeConfig:
    """The config; where it is not valid, the fields that are wrong have their default, required ones None."""
    try:
        return model.model_validate(drawn)
    except ValidationError:
        return model.model_construct(**_values(model, drawn))


def _values(model: type[NodeConfig], drawn: JsonObject) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        values[name] = None if info.is_required() else info.get_default(call_default_factory=True)
        if name not in drawn:
            continue
        try:
            values[name] = _adapters(model)[name].validate_python(drawn[name])
        except ValidationError:
            continue
    return values


@lru_cache(maxsize=256)
def _adapters(model: type[NodeConfig]) -> dict[str, TypeAdapter[Any]]:
    """What reads each field on its own."""
    return {
        name: TypeAdapter(Annotated[info.annotation, info])  # type: ignore[arg-type]  # built, not written
        for name, info in model.model_fields.items()
    }


def one_line(text: str) -> str:
    """The text without line ends and characters that cannot be seen, cut to what fits under a node's name."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:_LOOKED_AT]).split())
    return line if len(line) <= MAX_SUMMARY else f"{line[: MAX_SUMMARY - 1].rstrip()}…"


def plain(value: Json) -> str:
    """A config value as a few words: `{{ owner.email }}` alone reads `owner.email`."""
    if isinstance(value, list):
        return ", ".join(plain(entry) for entry in value[:_SHOWN_ENTRIES])
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    text = (value if isinstance(value, str) else json.dumps(value))[:_LOOKED_AT].strip()
    field = _ONE_FIELD.fullmatch(text)
    return field[1] if field else text


def joined(*parts: Json) -> str:
    """The parts with a space between them; empty when one of them is, as half a summary says something wrong."""
    words = ["" if part is None else plain(part) for part in parts]
    return " ".join(words) if all(words) else ""


def label_of(config: NodeConfig, field: str) -> str:
    """What the form calls the choice that stands in a field."""
    value = getattr(config, field)
    return config_of(type(config)).fields[field].choices.get(value, str(value))


def host_of(url: str | None) -> str:
    """The host of a URL as drawn. Paths, queries and user names are left out, because they may hold secrets."""
    found = _AUTHORITY.match((url or "").strip()[:_LOOKED_AT])
    return plain(found[1].rpartition("@")[2]) if found else ""
