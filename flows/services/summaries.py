"""The lines under the names of nodes, for every answer that carries a drawing."""

from collections.abc import Iterable, Mapping
from typing import Any

from flows.graph.document import FlowDocument
from flows.sdk import JsonObject, node_types
from flows.sdk.summaries import summary_of

Summaries = dict[str, str]
"""By node id. Empty where the node's config says nothing yet, or its type is not installed."""


def summaries_of(document: FlowDocument) -> Summaries:
    """The summaries of a drawing that was read."""
    return _by_id((node.id, node.type, node.type_version, node.config) for node in document.nodes)


def summaries_of_stored(document: Mapping[str, Any]) -> Summaries:
    """The summaries of a drawing as it is stored; drafts leave out what has its default."""
    return _by_id(
        (str(node.get("id", "")), str(node.get("type", "")), node.get("typeVersion", 1), node.get("config"))
        for node in document.get("nodes", ())
    )


def _by_id(nodes: Iterable[tuple[str, str, int, JsonObject | None]]) -> Summaries:
    found: Summaries = {}
    for node_id, type_name, version, config in nodes:
        known = node_types.get(type_name)
        found[node_id] = summary_of(known, version, config or {}) if known else ""
    return found
