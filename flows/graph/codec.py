"""Document to canonical JSON, and, from `reading`, back."""

import orjson

from flows.graph.document import FORMAT, VERSION, DocumentEdge, DocumentNode, FlowDocument, plain_number
from flows.graph.located import DocumentError
from flows.graph.reading import read_document
from flows.sdk.json_types import JsonObject


def document_json(document: FlowDocument) -> JsonObject:
    """The document as plain JSON in canonical order; values inside a config keep the order in which they were typed."""
    return {
        "format": FORMAT,
        "version": VERSION,
        **settings_json(document),
        "nodes": [node_json(node) for node in sorted(document.nodes, key=lambda node: node.id)],
        "edges": [edge.to_json() for edge in sorted(document.edges, key=_outlet)],
    }


def settings_json(document: FlowDocument) -> JsonObject:
    """What a document says of the flow as a whole."""
    concurrency: JsonObject = {"mode": document.settings.concurrency.mode}
    if document.settings.concurrency.limit is not None:
        concurrency["limit"] = document.settings.concurrency.limit
    settings: JsonObject = {"concurrency": concurrency}
    if document.settings.subject:
        settings["subject"] = document.settings.subject
    if document.settings.faults:
        settings = document.settings.drawn
    return {"name": document.name, "description": document.description, "settings": settings}


def _outlet(edge: DocumentEdge) -> tuple[str, str]:
    """Only among the edges of one port does order mean something, and a stable sort keeps that one."""
    return edge.source, edge.port


def _node_settings(node: DocumentNode) -> JsonObject:
    if node.settings.faults:
        return node.settings.drawn
    settings: JsonObject = {}
    if node.settings.retry is not None:
        settings["retry"] = {
            name: plain_number(value) if isinstance(value, float) else value
            for name, value in node.settings.retry.model_dump(exclude_unset=True).items()
        }
    if node.settings.timeout is not None:
        settings["timeout"] = node.settings.timeout
    return settings


def node_json(node: DocumentNode) -> JsonObject:
    """A node as it stands in a document."""
    return {
        "id": node.id,
        "type": node.type,
        "typeVersion": node.type_version,
        "name": node.name,
        "config": {key: node.config[key] for key in sorted(node.config)},
        "settings": _node_settings(node),
        "position": {"x": node.position.x, "y": node.position.y},
    }


def write_document(document: FlowDocument) -> bytes:
    """The document as canonical UTF-8 JSON, two spaces an indent, one line feed at the end.

    Reading it and writing it again gives the same bytes.
    """
    return orjson.dumps(document_json(document), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


__all__ = ["DocumentError", "document_json", "read_document", "write_document"]
