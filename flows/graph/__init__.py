"""The drawing as data: document, codec, differences. It knows no node type."""

from flows.graph.codec import document_json, read_document, write_document
from flows.graph.diff import DocumentDiff, diff_documents
from flows.graph.document import DocumentEdge, DocumentNode, FlowDocument, Position
from flows.graph.reading import DocumentError
from flows.graph.settings import Concurrency, FlowSettings, NodeSettings
from flows.sdk.config_errors import LocatedError

__all__ = [
    "Concurrency",
    "DocumentDiff",
    "DocumentEdge",
    "DocumentError",
    "DocumentNode",
    "FlowDocument",
    "FlowSettings",
    "LocatedError",
    "NodeSettings",
    "Position",
    "diff_documents",
    "document_json",
    "read_document",
    "write_document",
]
