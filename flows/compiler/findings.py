"""What the compiler finds wrong with a flow."""

from dataclasses import dataclass
from typing import Literal

from flows.graph.document import DocumentEdge
from flows.sdk.json_types import JsonObject

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, at its place.

    Args:
        code: snake case; never changes.
        message: one sentence.
        severity: an `error` stops publishing, a `warning` does not.
        hint: what to do about it.
        node: the id of the node, when it belongs to one.
        field: the dotted path of the config field.
        edge: the edge, when it belongs to one.
        span: where in the field's text, as offsets, when it is about a template.
        suggestion: what to put in the place of the span, when the nearest real name is known.
    """

    code: str
    message: str
    severity: Severity = "error"
    hint: str = ""
    node: str | None = None
    field: str | None = None
    edge: DocumentEdge | None = None
    span: tuple[int, int] | None = None
    suggestion: str | None = None

    def to_json(self) -> JsonObject:
        """As the API lists it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "hint": self.hint,
            "node": self.node,
            "field": self.field,
            "edge": self.edge.to_json() if self.edge else None,
            "span": {"start": self.span[0], "end": self.span[1]} if self.span else None,
            "suggestion": self.suggestion,
        }
