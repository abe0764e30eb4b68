"""Compiles the templates of one slot of a config. Each leaf is rendered alone, and a result is never read again."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from flows.expressions.builder import Reference, build_expression
from flows.expressions.encoders import ENCODERS, FINISHERS
from flows.expressions.errors import TemplateError
from flows.expressions.parser import parse_expression
from flows.expressions.paths import ROOT, path_getter
from flows.expressions.scanner import Expression, scan
from flows.expressions.urls import url_renderer
from flows.expressions.values import (
    MAX_OUTPUT_CHARACTERS,
    MissingField,
    Scope,
    too_large,
    weight,
)
from flows.sdk.config import Slot
from flows.sdk.errors import NodeError
from flows.sdk.json_types import Json, Record

Render = Callable[[Record], Json]

_PLAIN_PATH = re.compile(r"\s*([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)\s*", re.ASCII)
_WORDS = frozenset(
    {"true", "false", "none", "not", "and", "or", "if", "else", "in", "is", "True", "False", "None"}
)


@dataclass(frozen=True, slots=True)
class CompiledSlot:
    """A slot, ready to render.

    Args:
        render: gives the value for a record; raises NodeError (`missing_field`, `wrong_type`, `output_too_large`,
            `template_too_expensive`, what the slot refuses).
        references: the fields that it names.
        is_constant: whether it gives the same for every record.
    """

    render: Render
    references: tuple[Reference, ...] = ()
    is_constant: bool = False


def compile_slot(slot: Slot, source: Json) -> CompiledSlot:
    """Compile what stands in a slot: text, or any JSON where the slot takes it.

    Raises:
        TemplateError: a template is wrong, with its place; or a constant is not what the slot takes.
    """
    if slot is Slot.JSON or (slot is Slot.VALUE and isinstance(source, list | dict)):
        return _compile_json(source)
    if not isinstance(source, str):
        return _constant(slot, source)
    if "{" not in source:
        return _constant(slot, source)
    try:
        return _compile_text(slot, source)
    except TemplateError as error:
        raise error.locate(source) from None


def _constant(slot: Slot, value: Json) -> CompiledSlot:
    finish = FINISHERS.get(slot)
    if finish is not None:
        try:
            value = finish(value)
        except NodeError as error:
            raise TemplateError(error.code, error.message, error.hint, end=len(str(value))) from None
    return CompiledSlot(lambda record: value, is_constant=True)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where one piece of a template gets its value: from the record, or from a `Scope` around it.

    Plain paths need no scope and are faster without; expressions share one, and with it one budget of work.
    """

    get: Callable[[Any], Json]
    takes_scope: bool

    def adapted(self, with_scope: bool) -> Callable[[Any], Json]:
        """The function for a rendering with or without a scope."""
        get = self.get
        return (lambda scope: get(scope.record)) if with_scope and not self.takes_scope else get


def _compile_text(slot: Slot, source: str) -> CompiledSlot:
    compiled = _compile_parts(slot, source)
    if compiled is None:
        return _constant(slot, source)
    render, references = compiled
    return CompiledSlot(_finished(render, slot), tuple(references))


def _compile_parts(slot: Slot, source: str) -> tuple[_Source, list[Reference]] | None:
    """How to render a text before its slot looks at the result; None when nothing in it changes."""
    parts = scan(source)
    if not any(isinstance(part, Expression) for part in parts):
        return None
    pieces: list[str | _Source] = []
    references: list[Reference] = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(part)
            continue
        piece, found = _compile_expression(part)
        pieces.append(piece)
        references += found
    only = pieces[0]
    if len(pieces) == 1 and isinstance(only, _Source) and slot in (Slot.VALUE, Slot.INTEGER):
        return only, references
    with_scope = any(isinstance(piece, _Source) and piece.takes_scope for piece in pieces)
    getters = [piece if isinstance(piece, str) else piece.adapted(with_scope) for piece in pieces]
    render = url_renderer(getters) if slot is Slot.URL else _joined(getters, ENCODERS[slot])
    return _Source(render, with_scope), references


def _compile_expression(part: Expression) -> tuple[_Source, tuple[Reference, ...]]:
    plain = _PLAIN_PATH.fullmatch(part.source)
    if plain is not None:
        segments = tuple(plain[1].split("."))
        if segments[0] not in _WORDS:
            start = part.start + plain.start(1)
            reference = Reference(plain[1], segments, start, part.start + plain.end(1))
            return _Source(path_getter(segments), takes_scope=False), (reference,)
    try:
        parsed = parse_expression(part.source)
    except TemplateError as error:
        error.start, error.end = error.start + part.start, error.end + part.start
        raise
    evaluate, references = build_expression(parsed, part.start)
    return _Source(evaluate, takes_scope=True), references


def _joined(parts: list[str | Render], encode: Callable[[Json], str]) -> Render:
    steps: list[tuple[str, Render | None]] = [
        (part, None) if isinstance(part, str) else ("", part) for part in parts
    ]

    def render(source: Any) -> Json:
        texts: list[str] = []
        size = 0
        for text, get in steps:
            piece = text if get is None else encode(get(source))
            size += len(piece)
            if size > MAX_OUTPUT_CHARACTERS:
                raise too_large()
            texts.append(piece)
        return "".join(texts)

    return render


def _finished(source: _Source, slot: Slot) -> Render:
    finish = FINISHERS.get(slot)
    render, takes_scope = source.get, source.takes_scope

    def checked(record: Record) -> Json:
        try:
            value = render(Scope(record) if takes_scope else record)
        except MissingField as missing:
            raise missing.as_error() from None
        return value if finish is None else finish(value)

    return checked


_Tree = _Source | dict[Any, Any] | None
"""The templates of a JSON value, at the keys and indexes that lead to them; None where there are none."""


def _compile_json(source: Json) -> CompiledSlot:
    leaves: list[_Source] = []
    references: list[Reference] = []
    tree = _json_tree(source, "", leaves, references)
    if tree is None:
        return CompiledSlot(lambda record: source, is_constant=True)
    with_scope = any(leaf.takes_scope for leaf in leaves)
    render = _finished(_Source(_json_builder(source, tree, with_scope), with_scope), Slot.JSON)
    if len(leaves) == 1:
        return CompiledSlot(render, tuple(references))

    def bounded(record: Record) -> Json:
        value = render(record)
        if weight(value, MAX_OUTPUT_CHARACTERS) > MAX_OUTPUT_CHARACTERS:
            raise too_large()
        return value

    return CompiledSlot(bounded, tuple(references))


def _json_tree(source: Json, at: str, leaves: list[_Source], references: list[Reference]) -> _Tree:
    if isinstance(source, str):
        return _json_leaf(source, at, leaves, references)
    tree: dict[Any, Any] = {}
    for key, value in _entries(source):
        if isinstance(key, str) and "{{" in key:
            error = TemplateError(
                "template_in_key", f"The key “{key[:60]}” holds a template.", "Keys are fixed."
            )
            error.path = at
            raise error
        found = _json_tree(value, f"{at}.{key}" if at else str(key), leaves, references)
        if found is not None:
            tree[key] = found
    return tree or None


def _json_leaf(source: str, at: str, leaves: list[_Source], references: list[Reference]) -> _Source | None:
    if "{" not in source:
        return None
    try:
        compiled = _compile_parts(Slot.VALUE, source)
    except TemplateError as error:
        error.locate(source).path = at
        raise
    if compiled is None:
        return None
    leaves.append(compiled[0])
    references += [replace(reference, at=at) for reference in compiled[1]]
    return compiled[0]


def _json_builder(source: Json, tree: _Tree, with_scope: bool) -> Callable[[Any], Json]:
    """A function that builds the value anew; what holds no template is shared, not copied."""
    if isinstance(tree, _Source):
        return tree.adapted(with_scope)
    inner = [(key, _json_builder(source[key], below, with_scope)) for key, below in (tree or {}).items()]

    def build(scope: Any) -> Json:
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
