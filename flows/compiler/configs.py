"""Is the config of a node what its type wants? Says it in plain sentences, field by field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from pydantic import ValidationError

from flows.compiler.answers import MAX_PROBLEMS
from flows.compiler.environment import CompileEnvironment
from flows.compiler.problems import Problem
from flows.compiler.unparsed import fault_of, unparsed_texts, without_unparsed
from flows.expressions.budget import Budget
from flows.expressions.configs import CompiledConfig, ConfigError, compile_checked
from flows.graph.document import DocumentNode
from flows.sdk.config import NodeConfig
from flows.sdk.config_fields import CREDENTIAL, ConfigField, config_of, filled_fields
from flows.sdk.fields import nearest, type_name
from flows.sdk.json_types import JsonObject
from flows.sdk.node import Node

MOST_UNPARSED = 50


@dataclass(frozen=True, slots=True)
class CheckedConfig:
    """The compiled config, or None and why."""

    config: CompiledConfig | None
    problems: list[Problem]


def check_config(
    drawn: DocumentNode, known: Node, environment: CompileEnvironment, budget: Budget
) -> CheckedConfig:
    """Upgrade, check and compile the config of a node; `budget` is what all templates of the flow may cost."""
    if drawn.type_version > known.meta.version:
        message = (
            f"This node was drawn for version {drawn.type_version} of “{known.meta.label}”, which is newer."
        )
        hint = f"Update the package that brings it; here is version {known.meta.version}."
        return CheckedConfig(None, [Problem("newer_type_version", message, hint=hint, node=drawn.id)])
    unparsed = list(_unparsed(drawn, known.Config))
    if unparsed:
        drawn = replace(drawn, config=without_unparsed(drawn.config))
    try:
        checked = known.Config.model_validate(_with_few_unknown(_upgraded(drawn, known), known.Config))
    except ValidationError as error:
        entries = error.errors(include_url=False)[:MAX_PROBLEMS]
        found = [_from_pydantic(drawn.id, entry, known.Config) for entry in entries]
        return CheckedConfig(None, _without_repeats(unparsed + found))
    except Exception as error:  # noqa: BLE001  # a stranger's node type may raise anything
        message = f"The node type “{drawn.type}” failed to read this config: {type(error).__name__}."
        hint = "Report it to whoever made the node type."
        return CheckedConfig(None, [Problem("node_type_failed", message, hint=hint, node=drawn.id)])
    problems = unparsed + list(_credentials(drawn.id, checked, environment))
    try:
        compiled = compile_checked(checked, budget)
        return CheckedConfig(None if unparsed else compiled, problems)
    except ConfigError as error:
        return CheckedConfig(None, problems + [_from_template(drawn.id, entry) for entry in error.problems])


def _unparsed(drawn: DocumentNode, config: type[NodeConfig]) -> Iterator[Problem]:
    for path, text in islice(unparsed_texts(drawn.config), MOST_UNPARSED):
        _, label, _ = _place(path.split("."), config)
        said, hint = fault_of(text)
        yield Problem("not_json", f"“{label}” {said}", hint=hint, node=drawn.id, field=path)


def _upgraded(drawn: DocumentNode, known: Node) -> JsonObject:
    if drawn.type_version < known.meta.version:
        return known.upgrade(drawn.type_version, dict(drawn.config))
    return drawn.config


def _with_few_unknown(config: JsonObject, model: type[NodeConfig]) -> JsonObject:
    """Unknown keys are refused, but naming thousands of them helps nobody."""
    if len(config) <= len(model.model_fields) + MAX_PROBLEMS:
        return config
    unknown = [key for key in config if key not in model.model_fields]
    return {key: value for key, value in config.items() if key in model.model_fields} | dict.fromkeys(
        unknown[:MAX_PROBLEMS]
    )


def _from_template(node_id: str, entry: Any) -> Problem:
    error = entry.error
    return Problem(
        error.code,
        error.message,
        hint=error.hint,
        node=node_id,
        field=entry.field,
        span=(error.start, error.end),
    )


_SENTENCES = {
    "missing": ("missing_value", "“{label}” is missing.", "Fill it in."),
    "string_type": ("wrong_type", "“{label}” must be text.", "Write it as text."),
    "int_type": ("wrong_type", "“{label}” must be a whole number.", "Write digits only."),
    "int_parsing": ("wrong_type", "“{label}” must be a whole number.", "Write digits only."),
    "int_from_float": ("wrong_type", "“{label}” must be a whole number.", "Leave out the fraction."),
    "float_type": ("wrong_type", "“{label}” must be a number.", "Write digits only."),
    "float_parsing": ("wrong_type", "“{label}” must be a number.", "Write digits only."),
    "bool_type": ("wrong_type", "“{label}” must be on or off.", "Choose one."),
    "bool_parsing": ("wrong_type", "“{label}” must be on or off.", "Choose one."),
    "list_type": ("wrong_type", "“{label}” must be a list.", "Add its entries one by one."),
    "dict_type": ("wrong_type", "“{label}” must be names with values.", "Add its entries one by one."),
    "model_type": ("wrong_type", "“{label}” must be a group of fields.", "Fill in its fields."),
    "literal_error": ("unknown_choice", "“{label}” has no choice {input}.", "Choose {expected}."),
    "enum": ("unknown_choice", "“{label}” has no choice {input}.", "Choose {expected}."),
    "string_too_long": ("too_long", "“{label}” is too long.", "At most {max_length} characters."),
    "string_too_short": ("too_short", "“{label}” is too short.", "At least {min_length} characters."),
    "too_long": ("too_many", "“{label}” has too many entries.", "At most {max_length}."),
    "too_short": ("too_few", "“{label}” has too few entries.", "At least {min_length}."),
    "greater_than_equal": ("out_of_range", "“{label}” is too small.", "It must be at least {ge}."),
    "greater_than": ("out_of_range", "“{label}” is too small.", "It must be more than {gt}."),
    "less_than_equal": ("out_of_range", "“{label}” is too large.", "It must be at most {le}."),
    "less_than": ("out_of_range", "“{label}” is too large.", "It must be less than {lt}."),
    "string_pattern_mismatch": ("wrong_format", "“{label}” is not in the right form.", ""),
}


def _from_pydantic(node_id: str, error: Any, config: type[NodeConfig]) -> Problem:
    steps = [str(step) for step in error["loc"]]
    path, label, holder = _place(steps, config)
    kind = error["type"]
    if kind == "extra_forbidden":
        near = nearest(steps[-1], holder.fields)
        hint = f"Did you mean “{near}”?" if near else "Remove it."
        return Problem("unknown_key", f"There is no field “{path}”.", hint=hint, node=node_id, field=path)
    values = {"label": label, "input": _shown(error.get("input")), **(error.get("ctx") or {})}
    if kind in _SENTENCES:
        code, message, hint = (text.format_map(values) for text in _SENTENCES[kind])
        return Problem(code, message, hint=hint, node=node_id, field=path or None)
    said = str(error["msg"]).removeprefix("Value error, ")
    if kind == "value_error":
        return Problem("wrong_value", f"“{label}” is not right.", hint=said, node=node_id, field=path or None)
    return Problem("wrong_value", f"“{label}” is not right: {said}.", node=node_id, field=path or None)


def _shown(value: Any) -> str:
    """Plain values only: the text of a list or an object is as long as what is in it."""
    return f"“{value}”"[:80] if isinstance(value, str | int | float) else type_name(value)


def _place(steps: Sequence[str], config: type[NodeConfig]) -> tuple[str, str, ConfigField]:
    """The dotted path of a field, its label, and the place in which it was looked for.

    pydantic puts the names of union members between the steps; they are no fields and are left out.
    """
    here = config_of(config)
    path: list[str] = []
    label, is_tagged = "", False
    for step in steps:
        if here.is_union and not is_tagged:
            is_tagged = True
            continue
        inner = here.at(step)
        if inner is not None:
            label = f"{label} {int(step) + 1}" if inner is here.items else inner.label
            here, is_tagged = inner, False
        elif not here.fields and here.schema.get("type") != "object":
            break
        path.append(step)
    return ".".join(path), label or (path[-1] if path else "The config"), here


def _without_repeats(problems: list[Problem]) -> list[Problem]:
    """One problem a field: a union tells once for each of its members."""
    seen: dict[str | None, Problem] = {}
    for problem in problems:
        seen.setdefault(problem.field, problem)
    return list(seen.values())


def _credentials(node_id: str, config: NodeConfig, environment: CompileEnvironment) -> Iterator[Problem]:
    for place in filled_fields(config):
        if place.field.slot != CREDENTIAL or not place.value or environment.has_credential(str(place.value)):
            continue
        yield Problem(
            "unknown_credential",
            f"There is no credential “{place.value}”.",
            hint="Choose one that exists, or make it under that name.",
            node=node_id,
            field=place.path,
        )
