"""Finds the template slots of a config and renders them all: the config as drawn becomes the one that `run` gets."""

import types
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from flows.expressions.budget import MAX_FLOW_EXPRESSIONS, Budget, Scope
from flows.expressions.errors import TemplateError
from flows.expressions.slots import CompiledSlot, compile_slot
from flows.sdk.config import NodeConfig, Slot
from flows.sdk.errors import NodeError
from flows.sdk.json_types import Json, JsonObject, Record
from flows.sdk.node import Node

Get = Callable[[Scope], Any]

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
    compiler = _Compiler(budget or Budget(MAX_FLOW_EXPRESSIONS))
    render = compiler.model(drawn, "")
    if sum(not found.slot.is_constant for found in compiler.slots) > MAX_TEMPLATES:
        error = TemplateError(
            "too_many", "This node has too many templates.", f"{MAX_TEMPLATES} is the most."
        )
        compiler.problems.append(SlotProblem(compiler.slots[-1].field, error))
    if compiler.problems:
        raise ConfigError(compiler.problems)
    return CompiledConfig(drawn, render or (lambda scope: drawn), tuple(compiler.slots))


def is_shown(model: BaseModel, info: FieldInfo, depth: int = 8) -> bool:
    """Whether the form shows a field, by its `depends_on` and that of the fields it depends on.

    What is left in hidden fields does nothing.
    """
    extra = info.json_schema_extra
    hints = extra.get("x-ui") if isinstance(extra, dict) else None
    wanted = hints.get("dependsOn") if isinstance(hints, dict) else None
    if not isinstance(wanted, dict):
        return True
    for name, choices in wanted.items():
        if not isinstance(choices, list) or getattr(model, str(name), None) not in choices:
            return False
        other = type(model).model_fields[str(name)]
        if depth > 0 and not is_shown(model, other, depth - 1):
            return False
    return True


class _Compiler:
    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.slots: list[FoundSlot] = []
        self.problems: list[SlotProblem] = []

    def model(self, model: BaseModel, path: str) -> Get | None:
        """A function that gives a rendered copy, or None when nothing in it changes."""
        dynamic: list[tuple[str, Get]] = []
        for name, info in type(model).model_fields.items():
            if not is_shown(model, info):
                continue
            annotation, slot = _of_field(info)
            field = f"{path}.{name}" if path else name
            render = self.value(getattr(model, name), annotation, slot, field)
            if render is not None:
                dynamic.append((name, render))
        return _copier(model, dynamic) if dynamic else None

    def value(self, value: Any, annotation: Any, slot: Slot | None, path: str) -> Get | None:
        """The same for any value; the annotation says which strings are templates."""
        if slot is not None:
            return (
                None
                if value is None and slot not in (Slot.JSON, Slot.VALUE)
                else self._slot(slot, value, path)
            )
        if isinstance(value, BaseModel):
            return self.model(value, path)
        if isinstance(value, list | tuple):
            return self._list(value, annotation, path)
        if isinstance(value, dict):
            return self._dict(value, annotation, path)
        slot = _slot_in(annotation)
        return self._slot(slot, value, path) if slot is not None and value is not None else None

    def _slot(self, kind: Slot, value: Any, path: str) -> Get | None:
        try:
            compiled = compile_slot(kind, value, self.budget)
        except TemplateError as error:
            field = f"{path}.{error.path}" if error.path else path
            self.problems.append(SlotProblem(field, error))
            return None
        self.slots.append(FoundSlot(path, kind, value, compiled))
        if compiled.is_constant:
            # A constant may still change: the text "5" of an integer slot becomes the number.
            constant = compiled.render({})
            return None if constant is value or constant == value else lambda scope: constant
        return _with_field(compiled.render_in, path)

    def _list(self, values: Any, annotation: Any, path: str) -> Get | None:
        inner, slot = _argument(annotation, (list, tuple, set), 0)
        renders = [self.value(value, inner, slot, f"{path}.{i}") for i, value in enumerate(values)]
        if not any(renders):
            return None
        kind = type(values)
        pairs = list(zip(values, renders, strict=True))
        return lambda scope: kind([render(scope) if render else value for value, render in pairs])

    def _dict(self, values: dict[str, Any], annotation: Any, path: str) -> Get | None:
        inner, slot = _argument(annotation, (dict,), 1)
        renders = {key: self.value(value, inner, slot, f"{path}.{key}") for key, value in values.items()}
        if not any(renders.values()):
            return None
        pairs = [(key, value, renders[key]) for key, value in values.items()]
        return lambda scope: {key: render(scope) if render else value for key, value, render in pairs}


def _copier(model: BaseModel, dynamic: list[tuple[str, Get]]) -> Get:
    kind = type(model)
    base = dict(model.__dict__)
    fields_set = model.__pydantic_fields_set__

    def copy(scope: Scope) -> Any:
        # As `model_construct`, without its look at every field: this runs for every step.
        made = kind.__new__(kind)
        values = base.copy()
        for name, render in dynamic:
            values[name] = render(scope)
        object.__setattr__(made, "__dict__", values)
        object.__setattr__(made, "__pydantic_fields_set__", fields_set)
        object.__setattr__(made, "__pydantic_extra__", None)
        object.__setattr__(made, "__pydantic_private__", None)
        return made

    return copy


def _with_field(render: Get, path: str) -> Get:
    def named(scope: Scope) -> Any:
        try:
            return render(scope)
        except NodeError as error:
            error.field = path
            raise

    return named


def _of_field(info: FieldInfo) -> tuple[Any, Slot | None]:
    slot = next((entry for entry in info.metadata if isinstance(entry, Slot)), None)
    return info.annotation, slot


def _split(annotation: Any) -> tuple[Any, Slot | None]:
    """What stands inside `Annotated`, and the slot among its notes."""
    if typing.get_origin(annotation) is typing.Annotated:
        inner, *notes = typing.get_args(annotation)
        return inner, next((note for note in notes if isinstance(note, Slot)), None)
    return annotation, None


def _members(annotation: Any) -> list[Any]:
    """The alternatives of a union, or the annotation alone."""
    inner, slot = _split(annotation)
    if slot is None and typing.get_origin(inner) in (typing.Union, types.UnionType):
        return [member for entry in typing.get_args(inner) for member in _members(entry)]
    return [annotation]


def _slot_in(annotation: Any) -> Slot | None:
    return next((slot for member in _members(annotation) if (slot := _split(member)[1])), None)


def _argument(annotation: Any, origins: tuple[type, ...], index: int) -> tuple[Any, Slot | None]:
    """The annotation and slot of the elements of a list or the values of an object."""
    for member in _members(annotation):
        inner, _ = _split(member)
        if typing.get_origin(inner) in origins:
            return _split(typing.get_args(inner)[index])
    return None, _slot_in(annotation)
