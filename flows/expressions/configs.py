"""Finds the template slots of a config and renders them all: the config as drawn becomes the one that `run` gets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from pydantic import BaseModel

from flows.expressions.budget import MAX_FLOW_EXPRESSIONS, Budget, Scope
from flows.expressions.errors import TemplateError
from flows.expressions.slots import CompiledSlot, compile_slot
from flows.sdk.config import NodeConfig, Slot
from flows.sdk.config_fields import FilledField, filled_fields
from flows.sdk.errors import NodeError
from flows.sdk.json_types import Json, JsonObject, Record
from flows.sdk.node import Node

Get = Callable[[Scope], Any]
Changes = dict[str | int, Any]
"""What renders each place that changes, by the steps to it: nested, as the config is."""

TEMPLATES: Final = frozenset(Slot)
TAKE_NULL: Final = frozenset({Slot.JSON, Slot.VALUE})
MAX_TEMPLATES = 200


@dataclass(frozen=True, slots=True)
class SlotProblem:
    """A template that is wrong, and the config field it stands in."""

    field: str
    error: TemplateError


@dataclass(frozen=True, slots=True)
class FoundSlot:
    """A compiled slot and the dotted path of its config field."""

    field: str
    kind: Slot
    source: Json
    slot: CompiledSlot


class ConfigError(Exception):
    """A config has wrong templates; `problems` lists them all."""

    def __init__(self, problems: Iterable[SlotProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(f"{first.field}: {first.error}")


@dataclass(frozen=True, slots=True)
class CompiledConfig:
    """A config, ready to render.

    Args:
        drawn: the checked config with its templates not rendered.
        render_in: gives the config in a scope. A config without templates gives the same instance each time.
            Raises NodeError with `field` set to the dotted path of the config field.
        slots: every template slot that the config fills.
    """

    drawn: NodeConfig
    render_in: Callable[[Scope], NodeConfig]
    slots: tuple[FoundSlot, ...]

    def render(self, record: Record, budget: Budget | None = None) -> NodeConfig:
        """The config for a record; all its templates share one budget. Raises what `render_in` does."""
        return self.render_in(Scope(record, budget))

    @property
    def is_constant(self) -> bool:
        """Whether it gives the same for every record."""
        return all(found.slot.is_constant for found in self.slots)


def compile_config(node_type: Node | type[Node], config: JsonObject) -> CompiledConfig:
    """Check a config against its node type and compile its templates.

    Raises:
        pydantic.ValidationError: the config does not fit.
        ConfigError: templates are wrong.
    """
    return compile_checked(node_type.Config.model_validate(config))


def compile_checked(drawn: NodeConfig, budget: Budget | None = None) -> CompiledConfig:
    """Compile the templates of a checked config; `budget` is what the whole flow may cost to be read.

    Raises:
        ConfigError: templates are wrong.
    """
    budget = budget or Budget(MAX_FLOW_EXPRESSIONS)
    found: list[FoundSlot] = []
    problems: list[SlotProblem] = []
    changes: Changes = {}
    for place in filled_fields(drawn):
        if place.field.slot not in TEMPLATES or (place.value is None and place.field.slot not in TAKE_NULL):
            continue
        kind = Slot(place.field.slot)
        try:
            compiled = compile_slot(kind, place.value, budget, place.field.names)
        except TemplateError as error:
            field = f"{place.path}.{error.path}" if error.path else place.path
            problems.append(SlotProblem(field, error))
            continue
        found.append(FoundSlot(place.path, kind, place.value, compiled))
        change = _change(compiled, place)
        if change is not None:
            *way, last = place.steps
            reduce(lambda inner, step: inner.setdefault(step, {}), way, changes)[last] = change
    if sum(not entry.slot.is_constant for entry in found) > MAX_TEMPLATES:
        too_many = TemplateError(
            "too_many", "This node has too many templates.", f"{MAX_TEMPLATES} is the most."
        )
        problems.append(SlotProblem(found[-1].field, too_many))
    if problems:
        raise ConfigError(problems)
    return CompiledConfig(drawn, _changed(drawn, changes) if changes else lambda scope: drawn, tuple(found))


def _change(compiled: CompiledSlot, place: FilledField) -> Get | None:
    """What renders a place, or None when it stays as it is drawn."""
    if not compiled.is_constant:
        return _with_field(compiled.render_in, place.path)
    # A constant may still change: the text "5" of an integer slot becomes the number.
    constant = compiled.render({})
    return None if constant == place.value else lambda scope: constant


def _with_field(render: Get, path: str) -> Get:
    def named(scope: Scope) -> Any:
        try:
            return render(scope)
        except NodeError as error:
            error.field = path
            raise

    return named


def _changed(value: Any, changes: Changes) -> Get:
    """A function that gives a copy of a model, list or object with its changes rendered."""
    is_model = isinstance(value, BaseModel)
    base: Any = dict(value.__dict__) if is_model else list(value) if isinstance(value, tuple) else value
    renders: list[tuple[Any, Get]] = [
        (step, _changed(base[step], change) if isinstance(change, dict) else change)
        for step, change in changes.items()
    ]
    finished = _maker(value) if is_model else type(value) if isinstance(value, tuple) else None

    def copy(scope: Scope) -> Any:
        values = base.copy()
        for step, render in renders:
            values[step] = render(scope)
        return finished(values) if finished else values

    return copy


def _maker(model: BaseModel) -> Callable[[dict[str, Any]], BaseModel]:
    kind = type(model)
    fields_set = model.__pydantic_fields_set__

    def made(values: dict[str, Any]) -> BaseModel:
        # As `model_construct`, without its look at every field: this runs for every step.
        new = kind.__new__(kind)
        object.__setattr__(new, "__dict__", values)
        object.__setattr__(new, "__pydantic_fields_set__", fields_set)
        object.__setattr__(new, "__pydantic_extra__", None)
        object.__setattr__(new, "__pydantic_private__", None)
        return new

    return made
