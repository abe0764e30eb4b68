"""Is every field that a node names known upstream? And does it write over one that is?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.compiler.findings import Finding, Severity
from flows.expressions.builder import Reference
from flows.expressions.configs import CompiledConfig, FoundSlot
from flows.expressions.paths import ROOT, template_path
from flows.sdk.config import PATH
from flows.sdk.config_fields import filled_fields
from flows.sdk.fields import Suggestions, names_text, path_text
from flows.sdk.paths import Segment, index_of
from flows.sdk.shapes import Shape


@dataclass(frozen=True, slots=True)
class Miss:
    """A path that leads nowhere that is known: how much of it was found, and where it ended."""

    depth: int
    holder: Shape


def check_references(
    node_id: str, config: CompiledConfig, upstream: Shape, suggestions: Suggestions
) -> list[Finding]:
    """Every field that the templates and paths of a config name, against the record upstream."""
    problems = list(check_slots(node_id, config.slots, upstream, suggestions))
    for place in filled_fields(config.drawn):
        if place.field.slot != PATH or not isinstance(place.value, str) or not place.value:
            continue
        if place.field.is_written:
            problems += _overwriting(node_id, place.path, place.value, upstream)
        else:
            segments = tuple(place.value.split("."))
            problems += _unknown(node_id, place.path, segments, upstream, suggestions, any_element=True)
    return problems


def check_slots(
    node_id: str, slots: Iterable[FoundSlot], upstream: Shape, suggestions: Suggestions
) -> Iterator[Finding]:
    """Every field that templates name, against the record upstream."""
    for found in slots:
        yield from check_templates(node_id, found.field, found.slot.references, upstream, suggestions)


def check_templates(
    node_id: str | None,
    at: str,
    references: Iterable[Reference],
    upstream: Shape,
    suggestions: Suggestions,
) -> Iterator[Finding]:
    """Every field that the templates of one config field name, against the record upstream."""
    for reference in references:
        field = f"{at}.{reference.at}" if reference.at else at
        segments = reference.segments
        if segments[0] == ROOT and ROOT not in upstream.fields:
            segments = segments[1:]
        yield from _unknown(node_id, field, segments, upstream, suggestions, reference=reference)


def _unknown(
    node_id: str | None,
    field: str,
    segments: Sequence[Segment],
    upstream: Shape,
    suggestions: Suggestions,
    *,
    reference: Reference | None = None,
    any_element: bool = False,
) -> Iterator[Finding]:
    miss = find_miss(upstream, segments, any_element=any_element)
    if miss is None:
        return
    copes = reference is not None and reference.has_default
    severity: Severity = "warning" if miss.holder.is_open or copes else "error"
    segment = segments[miss.depth]
    near = suggestions.nearest(str(segment), miss.holder.fields)
    fixed: list[Segment] = [*segments[: miss.depth], near, *segments[miss.depth + 1 :]] if near else []
    yield Finding(
        "unknown_field",
        _sentence(segments, miss),
        severity=severity,
        hint=_hint(segments, miss, near),
        node=node_id,
        field=field,
        span=(reference.start, reference.end) if reference else None,
        suggestion=_written(fixed, in_template=reference is not None) if fixed else None,
    )


def _written(segments: Sequence[Segment], *, in_template: bool) -> str:
    return template_path(segments) if in_template else ".".join(map(str, segments))


def _sentence(segments: Sequence[Segment], miss: Miss) -> str:
    wanted = path_text(segments[: miss.depth + 1])
    where = f"“{path_text(segments[: miss.depth])}”" if miss.depth else "the record"
    if miss.holder.type == "array":
        return f"There is no field “{wanted}”: {where} is a list."
    if miss.holder.type != "object":
        return f"There is no field “{wanted}”: {where} is of type {miss.holder.type}."
    return f"There is no field “{wanted}” here."


def _hint(segments: Sequence[Segment], miss: Miss, near: str | None) -> str:
    if near:
        return f"Did you mean “{path_text([*segments[: miss.depth], near])}”?"
    if miss.holder.type == "array":
        first = path_text([*segments[: miss.depth], 0])
        return f"Name one element, as {first}, or put a filter on the list before this node."
    if miss.holder.fields:
        return f"There is {names_text(miss.holder.fields)}."
    return "Check the name, or add the field before this node."


def find_miss(shape: Shape, segments: Sequence[Segment], *, any_element: bool = False) -> Miss | None:
    """Where a path leaves what is known; None when it does not, or when nothing is known there.

    Args:
        shape: of the record.
        segments: the path.
        any_element: whether a name may step through a list, as it does in a filter's field.
    """
    here = shape
    for depth, segment in enumerate(segments):
        if any_element and index_of(segment) is None:
            while here.type == "array":
                here = here.items or Shape()
        following = _step(here, segment)
        if following is None:
            is_blank = here.type == "any" or (here.is_open and not here.fields)
            return None if is_blank else Miss(depth, here)
        here = following
    return None


def _step(shape: Shape, segment: Segment) -> Shape | None:
    if shape.type == "array":
        return (shape.items or Shape()) if index_of(segment) is not None else None
    return shape.fields.get(str(segment))


def _overwriting(node_id: str, field: str, path: str, upstream: Shape) -> Iterator[Finding]:
    if upstream.type != "object" or find_miss(upstream, path.split(".")) is not None:
        return
    if upstream.at(path) is None or not _is_declared(upstream, path.split(".")):
        return
    yield Finding(
        "overwrites_field",
        f"The field “{path}” is in the record already and is overwritten.",
        severity="warning",
        hint="Choose another name if you still need the old value.",
        node=node_id,
        field=field,
    )


def _is_declared(shape: Shape, segments: Sequence[str]) -> bool:
    here: Shape | None = shape
    for segment in segments:
        here = _step(here, segment) if here is not None else None
    return here is not None
