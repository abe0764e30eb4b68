"""Compiles the templates of one slot of a config. Each leaf is rendered alone, and a result is never read again."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from flows.expressions.budget import EXPRESSION, MAX_FLOW_EXPRESSIONS, STEP, Budget, Scope, WorkSpent
from flows.expressions.builder import Reference, build_expression
from flows.expressions.encoders import ENCODERS, FINISHERS
from flows.expressions.errors import TemplateError
from flows.expressions.names import parts_of
from flows.expressions.parser import parse_expression
from flows.expressions.paths import ROOT, WORDS, path_getter
from flows.expressions.scanner import Expression, scan
from flows.expressions.urls import url_renderer
from flows.expressions.values import MAX_OUTPUT_CHARACTERS, MissingField, too_large, weigh
from flows.sdk.config import Slot
from flows.sdk.errors import NodeError
from flows.sdk.json_types import Json, Record
from flows.sdk.paths import MAX_PATH_PARTS

Get = Callable[[Scope], Json]

_NAME = r"(?!__)[A-Za-z_]\w*"
_PLAIN_PATH = re.compile(rf"\s*({_NAME}(?:\.{_NAME})*)\s*", re.ASCII)
NO_NAMES: Mapping[str, str] = MappingProxyType({})
MAX_LEAVES = 2_000
"""Templates in one JSON value."""


@dataclass(frozen=True, slots=True)
class CompiledSlot:
    """A slot, ready to render.

    Args:
        render_in: gives the value in a scope; raises NodeError (`missing_field`, `wrong_type`, `output_too_large`,
            `template_too_expensive`, what the slot refuses).
        references: the fields that it names.
        is_constant: whether it gives the same for every record.
    """

    render_in: Get
    references: tuple[Reference, ...] = ()
    is_constant: bool = False

    def render(self, record: Record, budget: Budget | None = None) -> Json:
        """The value for a record; raises what `render_in` does."""
        return self.render_in(Scope(record, budget))


def compile_slot(
    slot: Slot, source: Json, budget: Budget | None = None, names: Mapping[str, str] = NO_NAMES
) -> CompiledSlot:
    """Compile what stands in a slot: text, or any JSON where the slot takes it.

    Args:
        budget: what the templates of a whole flow may cost to be read, see `MAX_FLOW_EXPRESSIONS`.
        names: expressions by the name that stands for them in single braces.

    Raises:
        TemplateError: a template is wrong, with its place; or a constant is not what the slot takes.
    """
    budget = budget or Budget(MAX_FLOW_EXPRESSIONS)
    if slot is Slot.JSON or (slot is Slot.VALUE and isinstance(source, list | dict)):
        return _compile_json(source, budget)
    if not isinstance(source, str):
        return _constant(slot, source)
    if "{" not in source:
        return _constant(slot, source)
    try:
        return _compile_text(slot, source, budget, names)
    except TemplateError as error:
        raise error.locate(source) from None


def _constant(slot: Slot, value: Json) -> CompiledSlot:
    finish = FINISHERS.get(slot)
    if finish is not None:
        try:
            value = finish(Scope({}), value)
        except NodeError as error:
            end = len(value) if isinstance(value, str) else 1
            raise TemplateError(error.code, error.message, error.hint, end=end) from None
    return CompiledSlot(lambda scope: value, is_constant=True)


def _compile_text(slot: Slot, source: str, budget: Budget, names: Mapping[str, str]) -> CompiledSlot:
    compiled = _compile_parts(slot, source, budget, names)
    if compiled is None:
        return _constant(slot, source)
    get, references = compiled
    return CompiledSlot(_finished(get, slot), tuple(references))


def _compile_parts(
    slot: Slot, source: str, budget: Budget, names: Mapping[str, str] = NO_NAMES
) -> tuple[Get, list[Reference]] | None:
    """How to render a text before its slot looks at the result; None when nothing in it changes."""
    pieces: list[str | Get] = []
    references: list[Reference] = []
    for part in scan(source):
        if isinstance(part, str):
            pieces += parts_of(part, names) if names else (part,)
            continue
        piece, found = _compile_expression(part, budget)
        pieces.append(piece)
        references += found
    if all(isinstance(piece, str) for piece in pieces):
        return None
    only = pieces[0]
    if len(pieces) == 1 and not isinstance(only, str) and slot in (Slot.VALUE, Slot.INTEGER):
        return only, references
    return (url_renderer(pieces) if slot is Slot.URL else _joined(pieces, slot)), references


def _compile_expression(part: Expression, budget: Budget) -> tuple[Get, tuple[Reference, ...]]:
    plain = _PLAIN_PATH.fullmatch(part.source)
    if plain is not None:
        segments = tuple(plain[1].split("."))
        if segments[0] not in WORDS and len(segments) <= MAX_PATH_PARTS:
            start = part.start + plain.start(1)
            reference = Reference(plain[1], segments, start, part.start + plain.end(1))
            return _plain_path(segments), (reference,)
    try:
        budget.spend(EXPRESSION + len(part.source))
        parsed = parse_expression(part.source)
    except WorkSpent:
        hint = "Use plain fields where they do, or split the flow."
        raise TemplateError(
            "too_many", "The flow has too many long templates.", hint, start=part.start
        ) from None
    except TemplateError as error:
        error.start, error.end = error.start + part.start, error.end + part.start
        raise
    return build_expression(parsed, part.start)


def _plain_path(segments: tuple[str, ...]) -> Get:
    get, cost = path_getter(segments), STEP * len(segments)

    def paid(scope: Scope) -> Json:
        scope.spend(cost)
        return get(scope.record)

    return paid


def _joined(parts: list[str | Get], slot: Slot) -> Get:
    steps: list[tuple[str, Get | None]] = [
        (part, None) if isinstance(part, str) else ("", part) for part in parts
    ]
    encode = ENCODERS[slot]
    cost = sum(len(text) for text, _ in steps) + STEP * len(steps)

    def render(scope: Scope) -> Json:
        scope.spend(cost)
        texts: list[str] = []
        size = 0
        for text, get in steps:
            piece = text if get is None else encode(scope, get(scope))
            size += len(piece)
            if size > MAX_OUTPUT_CHARACTERS:
                raise too_large()
            texts.append(piece)
        return "".join(texts)

    return render


def _finished(get: Get, slot: Slot) -> Get:
    finish = FINISHERS.get(slot)

    def checked(scope: Scope) -> Json:
        try:
            value = get(scope)
        except MissingField as missing:
            raise missing.as_error() from None
        return value if finish is None else finish(scope, value)

    return checked


_Tree = Get | dict[Any, Any] | None
"""The templates of a JSON value, at the keys and indexes that lead to them; None where there are none."""


def _compile_json(source: Json, budget: Budget) -> CompiledSlot:
    leaves: list[Get] = []
    references: list[Reference] = []
    tree = _json_tree(source, "", leaves, references, budget)
    if tree is None:
        return CompiledSlot(lambda scope: source, is_constant=True)
    render = _finished(_json_builder(source, tree), Slot.JSON)
    if len(leaves) == 1:
        return CompiledSlot(render, tuple(references))

    def bounded(scope: Scope) -> Json:
        value = render(scope)
        weigh(scope, value, MAX_OUTPUT_CHARACTERS)
        return value

    return CompiledSlot(bounded, tuple(references))


def _json_tree(
    source: Json, at: str, leaves: list[Get], references: list[Reference], budget: Budget
) -> _Tree:
    if isinstance(source, str):
        return _json_leaf(source, at, leaves, references, budget)
    tree: dict[Any, Any] = {}
    for key, value in _entries(source):
        if isinstance(key, str) and "{{" in key:
            error = TemplateError(
                "template_in_key", f"The key “{key[:60]}” holds a template.", "Keys are fixed."
            )
            error.path = at
            raise error
        found = _json_tree(value, f"{at}.{key}" if at else str(key), leaves, references, budget)
        if found is not None:
            tree[key] = found
    return tree or None


def _json_leaf(
    source: str, at: str, leaves: list[Get], references: list[Reference], budget: Budget
) -> Get | None:
    if "{" not in source:
        return None
    try:
        compiled = _compile_parts(Slot.VALUE, source, budget)
    except TemplateError as error:
        error.locate(source).path = at
        raise
    if compiled is None:
        return None
    leaves.append(compiled[0])
    if len(leaves) > MAX_LEAVES:
        excess = TemplateError(
            "too_many", "This JSON has too many templates.", f"{MAX_LEAVES:,} is the most."
        )
        excess.path = at
        raise excess
    references += [replace(reference, at=at) for reference in compiled[1]]
    return compiled[0]


def _json_builder(source: Json, tree: _Tree) -> Get:
    """A function that builds the value anew; what holds no template is shared, not copied."""
    if callable(tree):
        return tree
    inner = [(key, _json_builder(source[key], below)) for key, below in (tree or {}).items()]
    cost = STEP * (1 + len(inner)) + len(source)

    def build(scope: Scope) -> Json:
        scope.spend(cost)
        copy: Any = source.copy()
        for key, render in inner:
            copy[key] = render(scope)
        return copy

    return build


def _entries(source: Json) -> Iterable[tuple[Any, Json]]:
    if isinstance(source, dict):
        return source.items()
    return enumerate(source) if isinstance(source, list) else ()


__all__ = ["ROOT", "CompiledSlot", "Reference", "compile_slot"]
