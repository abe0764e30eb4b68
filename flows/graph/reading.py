"""JSON to document: finds all errors at once, each with its place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, Field, ValidationError
from pydantic_core import PydanticCustomError

from flows.graph.document import CLOSED, FORMAT, VERSION, DocumentEdge, DocumentNode, FlowDocument, Name
from flows.graph.limits import MAX_EDGES, MAX_NODES, out_of_bounds
from flows.graph.settings import DRAFT, NO_FLOW_SETTINGS, FlowSettings
from flows.sdk.config import StrictInteger
from flows.sdk.config_errors import LocatedError, located_errors
from flows.sdk.config_fields import described
from flows.sdk.json_types import Json, JsonObject

MAX_ERRORS: Final = 100


class DocumentError(Exception):
    """A document cannot be read. `errors` holds what is wrong with it, at most 100 entries."""

    def __init__(self, errors: Sequence[LocatedError]) -> None:
        super().__init__(errors[0].message)
        self.errors = tuple(errors)


def _format(text: str) -> str:
    if text != FORMAT:
        hint = f"Expected “{FORMAT}”."
        raise PydanticCustomError("unknown_format", "This is not a hookflow flow.", {"hint": hint})
    return text


def _version(version: int) -> int:
    if version > VERSION:
        hint = "Update hookflow, or export the flow from an older one."
        raise PydanticCustomError(
            "newer_format", "This flow was written by a newer hookflow.", {"hint": hint}
        )
    if version < VERSION:
        values = {"version": version, "hint": f"Write {VERSION}."}
        raise PydanticCustomError("unknown_format", "There is no version {version}.", values)
    return version


class _File(BaseModel):
    model_config = CLOSED

    format: Annotated[str, AfterValidator(_format)]
    version: Annotated[StrictInteger, AfterValidator(_version)]
    name: Name
    description: str = ""
    settings: FlowSettings = NO_FLOW_SETTINGS
    nodes: Annotated[tuple[DocumentNode, ...], Field(max_length=MAX_NODES)]
    edges: Annotated[tuple[DocumentEdge, ...], Field(max_length=MAX_EDGES)]


_FIELDS: Final = described(_File.model_json_schema(), "The document")


def read_document(raw: Json, *, keeps_typed: bool = False) -> FlowDocument:
    """The document that a JSON value describes.

    Args:
        raw: a plain JSON value, as parsed.
        keeps_typed: what people type into settings stays as it is, as a fault for the compiler to name; a node
            may be without a name for a while.

    Raises:
        DocumentError: it describes none; `errors` says everything that is wrong, each with its place.
    """
    _refuse(out_of_bounds(raw))
    errors: list[LocatedError] = []
    try:
        found = _File.model_validate(raw, context=DRAFT if keeps_typed else None)
    except ValidationError as error:
        errors += islice(_located(error), MAX_ERRORS)
    _refuse([*errors, *_astray(raw)])
    return FlowDocument(found.name, found.nodes, found.edges, found.description, found.settings)


def _refuse(errors: Iterable[LocatedError]) -> None:
    told = list(islice(errors, MAX_ERRORS))
    if told:
        raise DocumentError(told)


def _located(error: ValidationError) -> Iterator[LocatedError]:
    for found in located_errors(error.errors(include_url=False), _FIELDS):
        yield replace(found, code="missing_key") if found.code == "missing_value" else found


def _astray(raw: Json) -> Iterator[LocatedError]:
    """Ids given twice, ends of edges that are no nodes, edges that are there twice."""
    seen: dict[str, int] = {}
    for index, node in enumerate(_objects(raw, "nodes")):
        node_id = node.get("id")
        if node_id and isinstance(node_id, str) and seen.setdefault(node_id, index) != index:
            message = f"The id “{node_id}” is given to another node already (nodes.{seen[node_id]})."
            yield LocatedError(f"nodes.{index}.id", "duplicate_id", message, "Give each node its own id.")
    wires: set[tuple[str, ...]] = set()
    for index, edge in enumerate(_objects(raw, "edges")):
        for key in ("from", "to"):
            end = edge.get(key)
            if end and isinstance(end, str) and end not in seen:
                message = f"There is no node “{end}”."
                yield LocatedError(f"edges.{index}.{key}", "unknown_node", message, "Name a node's id.")
        wire = tuple(end for key in ("from", "port", "to") if isinstance(end := edge.get(key), str))
        if len(wire) == 3 and wire in wires:
            yield LocatedError(f"edges.{index}", "duplicate_edge", "This edge is there twice.", "Remove it.")
        wires.add(wire)


def _objects(raw: Json, key: str) -> list[JsonObject]:
    found = raw.get(key) if isinstance(raw, dict) else None
    entries = found if isinstance(found, list) else []
    return [entry if isinstance(entry, dict) else {} for entry in entries]
