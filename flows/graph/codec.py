"""Document to canonical JSON, and, from `reading`, back."""

import orjson

from flows.graph.document import FORMAT, VERSION, DocumentEdge, DocumentNode, FlowDocument
from flows.graph.reading import DocumentError, read_document
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
    return {
        "name": document.name,
        "description": document.description,
        "settings": document.settings.to_json(),
    }


def _outlet(edge: DocumentEdge) -> tuple[str, str]:
    """Only among the edges of one port does order mean something, and a stable sort keeps that one."""
    return edge.source, edge.port


def node_json(node: DocumentNode) -> JsonObject:
    """A node as it stands in a document."""
    return {
        "id": node.id,
        "type": node.type,
        "typeVersion": node.type_version,
        "name": node.name,
        "config": {key: node.config[key] for key in sorted(node.config)},
        "settings": node.settings.to_json(),
        "position": {"x": node.position.x, "y": node.position.y},
    }


def write_document(document: FlowDocument) -> bytes:
    """The document as canonical UTF-8 JSON, two spaces an indent, one line feed at the end.

    Reading it and writing it again gives the same bytes.
    """
    return orjson.dumps(document_json(document), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


__all__ = ["DocumentError", "document_json", "read_document", "write_document"]
