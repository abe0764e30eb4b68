"""Compiles the templates of one slot of a config. Each leaf is rendered alone, and a result is never read again."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flows.expressions.builder import Reference, build_expression
from flows.expressions.encoders import ENCODERS, FINISHERS
from flows.expressions.errors import TemplateError
from flows.expressions.parser import parse_expression
from flows.expressions.paths import ROOT, path_getter
from flows.expressions.scanner import Expression, Part, scan
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


def _compile_text(slot: Slot, source: str) -> CompiledSlot:
    parts = scan(source)
    if not any(isinstance(part, Expression) for part in parts):
        return _constant(slot, source)
    getters: list[str | Render] = []
    references: list[Reference] = []
    for part in parts:
        getter, found = _compile_part(part)
        getters.append(getter)
        references += found
    keeps_type = slot in (Slot.VALUE, Slot.INTEGER)
    only = getters[0] if len(getters) == 1 else None
    if keeps_type and callable(only):
        render = only
    elif slot is Slot.URL:
        render = url_renderer(getters)
    else:
        render = _joined(getters, ENCODERS[slot])
    return CompiledSlot(_finished(render, slot), tuple(references))


def _compile_part(part: Part) -> tuple[str | Render, tuple[Reference, ...]]:
    if isinstance(part, str):
        return part, ()
    plain = _PLAIN_PATH.fullmatch(part.source)
    if plain is not None:
        segments = tuple(plain[1].split("."))
        if segments[0] not in _WORDS:
            start = part.start + plain.start(1)
            reference = Reference(plain[1], segments, start, part.start + plain.end(1))
            return path_getter(segments), (reference,)
    try:
        parsed = parse_expression(part.source)
    except TemplateError as error:
        error.start, error.end = error.start + part.start, error.end + part.start
        raise
    evaluate, references = build_expression(parsed, part.start)
    return lambda record: evaluate(Scope(record)), references


def _joined(parts: list[str | Render], encode: Callable[[Json], str]) -> Render:
    if len(parts) == 1 and callable(parts[0]):
        only = parts[0]
        return lambda record: _bounded(encode(only(record)))
    steps: list[tuple[str, Render | None]] = [
        (part, None) if isinstance(part, str) else ("", part) for part in parts
    ]

    def render(record: Record) -> Json:
        texts: list[str] = []
        size = 0
        for text, get in steps:
            piece = text if get is None else encode(get(record))
            size += len(piece)
            if size > MAX_OUTPUT_CHARACTERS:
                raise too_large()
            texts.append(piece)
        return "".join(texts)

    return render


def _bounded(text: str) -> str:
    if len(text) > MAX_OUTPUT_CHARACTERS:
        raise too_large()
    return text


def _finished(render: Render, slot: Slot) -> Render:
    finish = FINISHERS.get(slot)

    def checked(record: Record) -> Json:
        try:
            value = render(record)
        except MissingField as missing:
            raise missing.as_error() from None
        return value if finish is None else finish(value)

    return checked


def _compile_json(source: Json) -> CompiledSlot:
    references: list[Reference] = []
    leaves: list[Render] = []
    build = _json_builder(source, "", references, leaves)
    if build is None:
        return CompiledSlot(lambda record: source, is_constant=True)
    if len(leaves) == 1:
        return CompiledSlot(build, tuple(references))

    def render(record: Record) -> Json:
        value = build(record)
        if weight(value, MAX_OUTPUT_CHARACTERS) > MAX_OUTPUT_CHARACTERS:
            raise too_large()
        return value

    return CompiledSlot(render, tuple(references))


def _json_builder(source: Json, at: str, references: list[Reference], leaves: list[Render]) -> Render | None:
    """A function that builds the value anew, or None when there is no template in it."""
    if isinstance(source, str):
        return _json_leaf(source, at, references, leaves)
    if isinstance(source, dict):
        for key in source:
            if "{{" in key:
                error = TemplateError(
                    "template_in_key", f"The key “{key[:60]}” holds a template.", "Keys are fixed."
                )
                error.path = at
                raise error
    if not isinstance(source, dict | list):
        return None
    pairs = source.items() if isinstance(source, dict) else enumerate(source)
    inner: dict[Any, Render] = {}
    for key, value in pairs:
        build = _json_builder(value, f"{at}.{key}" if at else str(key), references, leaves)
        if build is not None:
            inner[key] = build
    return _rebuild(source, inner) if inner else None


def _rebuild(source: dict[str, Json] | list[Json], inner: dict[Any, Render]) -> Render:
    def build(record: Record) -> Json:
        copy: Any = source.copy()
        for key, render in inner.items():
            copy[key] = render(record)
        return copy

    return build


def _json_leaf(source: str, at: str, references: list[Reference], leaves: list[Render]) -> Render | None:
    try:
        compiled = compile_slot(Slot.VALUE, source)
    except TemplateError as error:
        error.path = at
        raise
    if compiled.is_constant:
        return None
    references += [replace(reference, at=at) for reference in compiled.references]
    leaves.append(compiled.render)
    return compiled.render


__all__ = ["ROOT", "CompiledSlot", "Reference", "compile_slot"]
