"""Walks a parsed expression and builds a function from it, piece by piece."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from flows.expressions.budget import STEP, Scope
from flows.expressions.errors import TemplateError
from flows.expressions.parser import Token
from flows.expressions.paths import path_getter, step
from flows.expressions.values import MAX_NUMBER
from flows.sdk.errors import NodeError
from flows.sdk.fields import path_text, type_name
from flows.sdk.json_types import Json
from flows.sdk.paths import MAX_PATH_PARTS, Segment

Evaluate = Callable[[Scope], Json]

Maker = Callable[["Builder", Any, int], Evaluate]
"""Builds one kind of tree: the builder, the tree, how deep it lies."""

MAX_DEPTH = 40
MAX_TREE = 400


REFUSED: dict[type, str] = {
    nodes.Call: "Calling a function is",
    nodes.Pow: "Raising to a power (**) is",
    nodes.Dict: "Writing an object is",
    nodes.Tuple: "Writing a tuple is",
    nodes.Slice: "A slice is",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that a template names.

    Args:
        path: as people write it.
        segments: the names and indexes of the path.
        start, end: where it stands, as offsets into the template.
        has_default: whether the template copes with its absence.
        at: where in a JSON value the template stands, dotted; empty for a plain text.
    """

    path: str
    segments: tuple[Segment, ...]
    start: int
    end: int
    has_default: bool = False
    at: str = ""


@dataclass
class Builder:
    """Builds one expression and notes the fields that it names."""

    offset: int
    tokens: Sequence[Token]
    makers: Mapping[type, "Maker"]
    references: list[Reference] = field(default_factory=list)
    size: int = 0
    cost: int = 0
    copes: bool = False

    def __post_init__(self) -> None:
        self.places = {token[0]: index for index, token in enumerate(self.tokens)}

    def build(self, node: nodes.Node, depth: int = 0) -> Evaluate:
        """The function that gives the value of a tree.

        Raises:
            TemplateError: the tree holds what the language has not.
        """
        self.size += 1
        if depth > MAX_DEPTH or self.size > MAX_TREE:
            raise self.refuse(node, "too_deep", "The expression is too large.", "Make it simpler.")
        make = self.makers.get(type(node))
        if make is None:
            what = REFUSED.get(type(node), "This is")
            hint = "Use fields, filters, comparisons, and, or, not, if and else."
            raise self.refuse(node, "not_allowed", f"{what} not possible in a template.", hint)
        return make(self, node, depth + 1)

    def refuse(self, node: nodes.Node, code: str, message: str, hint: str = "") -> TemplateError:
        """The error at the place of a node."""
        start = self.offset + node.lineno
        return TemplateError(code, message, hint, start=start, end=self.offset + self._end(node.lineno))

    def _end(self, start: int) -> int:
        index = self.places.get(start)
        return start + 1 if index is None else self.tokens[index][1]


def static_path(node: nodes.Node) -> tuple[Segment, ...] | None:
    """The segments of a tree that is nothing but a path, else None."""
    segments: list[Segment] = []
    while not isinstance(node, nodes.Name):
        if isinstance(node, nodes.Getattr):
            segments.append(node.attr)
        elif isinstance(node, nodes.Getitem) and (index := _constant_index(node.arg)) is not None:
            segments.append(index)
        else:
            return None
        node = node.node
    return (node.name, *reversed(segments))


def _constant_index(node: nodes.Node) -> Segment | None:
    if isinstance(node, nodes.Neg) and isinstance(node.node, nodes.Const) and type(node.node.value) is int:
        return -node.node.value
    if isinstance(node, nodes.Const) and type(node.value) in (int, str):
        value: Segment = node.value
        return value
    return None


def _check_segments(builder: Builder, node: nodes.Node, segments: Sequence[Segment]) -> None:
    if len(segments) > MAX_PATH_PARTS + 1:
        raise builder.refuse(
            node, "too_deep", f"A path has at most {MAX_PATH_PARTS} parts.", "Make it shorter."
        )
    for segment in segments:
        is_hidden = isinstance(segment, str) and segment.startswith("__")
        if is_hidden or (isinstance(segment, int) and abs(segment) >= MAX_NUMBER):
            message = f"“{segment}” is not a field name."
            raise builder.refuse(node, "not_allowed", message, "Names do not begin with two underscores.")


def path(builder: Builder, node: Any, depth: int) -> Evaluate:
    """A path through the record, or into what an expression gives."""
    segments = static_path(node)
    if segments is None:
        return dynamic_item(builder, node, depth)
    _check_segments(builder, node, segments)
    start, end = _span(builder, node)
    reference = Reference(path_text(segments), segments, start, end, has_default=builder.copes)
    builder.references.append(reference)
    builder.cost += STEP * len(segments)
    get = path_getter(segments)
    return lambda scope: get(scope.record)


def _span(builder: Builder, node: Any) -> tuple[int, int]:
    """From the name to the last token of the path."""
    last = node.lineno
    first = node
    while not isinstance(first, nodes.Name):
        first = first.node
    tokens = builder.tokens
    index = builder.places[last]
    if isinstance(node, nodes.Getattr) or (isinstance(node, nodes.Getitem) and tokens[index][2] == "."):
        index += 1
    elif isinstance(node, nodes.Getitem):
        while tokens[index][2] != "]":
            index += 1
    return builder.offset + first.lineno, builder.offset + tokens[index][1]


def dynamic_item(builder: Builder, node: Any, depth: int) -> Evaluate:
    if isinstance(node, nodes.Getattr):
        _check_segments(builder, node, (node.attr,))
        name: Segment = node.attr
        holder = builder.build(node.node, depth)
        return lambda scope: step(holder(scope), name, (name,), 0)
    if isinstance(node.arg, nodes.Slice):
        raise builder.refuse(
            node, "not_allowed", "Slices are not possible in a template.", "Use [0] or [-1]."
        )
    holder, index = builder.build(node.node, depth), builder.build(node.arg, depth)

    def item(scope: Scope) -> Json:
        key = index(scope)
        if isinstance(key, bool) or not isinstance(key, int | str):
            raise NodeError("wrong_type", f"An index must be text or a whole number, not {type_name(key)}.")
        if isinstance(key, str):
            scope.spend(len(key))
        elif abs(key) >= MAX_NUMBER:
            raise NodeError("number_too_large", "The index is too large.")
        return step(holder(scope), key, (key,), 0)

    return item
