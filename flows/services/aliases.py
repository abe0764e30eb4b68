"""Documents from outside that call the fields of nodes as other systems do."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from common.problems import bad_value
from flows.graph.document import DocumentNode, FlowDocument
from flows.sdk import node_types
from flows.sdk.config_errors import LocatedError

Aliases = Mapping[str, str | None]


def in_our_words(drawing: FlowDocument) -> FlowDocument:
    """The drawing with each field under our name for it; what belongs into a credential is left out.

    Raises:
        Problem: 400 `bad_document`: a field is there under both names.
    """
    errors = [
        error.to_json()
        for index, node in enumerate(drawing.nodes)
        for error in _twice(node.config, _aliases(node), f"nodes.{index}.config")
    ]
    if errors:
        raise bad_value(
            "bad_document",
            f"The flow document cannot be read: {errors[0]['message']}",
            hint=errors[0]["hint"],
            field=errors[0]["field"],
            extra={"errors": errors},
        )
    return replace(drawing, nodes=tuple(_renamed(node, _aliases(node)) for node in drawing.nodes))


def _aliases(node: DocumentNode) -> Aliases:
    known = node_types.get(node.type)
    return known.Config.aliases if known else {}


def _twice(config: Mapping[str, Any], aliases: Aliases, at: str) -> Iterator[LocatedError]:
    seen = {key: key for key in config if key not in aliases}
    for key in config:
        name = aliases.get(key)
        if name is None:
            continue
        if name in seen:
            message = f"“{key}” and “{seen[name]}” are two names of one field."
            yield LocatedError(f"{at}.{key}", "named_twice", message, "Leave one of them out.")
        seen.setdefault(name, key)


def _renamed(node: DocumentNode, aliases: Aliases) -> DocumentNode:
    if not aliases.keys() & node.config.keys():
        return node
    named = {aliases.get(key, key): value for key, value in node.config.items()}
    return replace(node, config={name: value for name, value in named.items() if name is not None})
