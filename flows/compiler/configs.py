"""Is the config of a node what its type wants? Says it in plain sentences, field by field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from pydantic import ValidationError

from flows.compiler.answers import MAX_PROBLEMS
from flows.compiler.environment import CompileEnvironment
from flows.compiler.findings import Finding
from flows.compiler.secrets import secrets_in
from flows.compiler.unparsed import fault_of, unparsed_texts, without_unparsed
from flows.expressions.budget import Budget
from flows.expressions.configs import (
    MAX_TEMPLATES,
    TEMPLATES,
    CompiledConfig,
    ConfigError,
    FoundSlot,
    SlotProblem,
    compile_checked,
)
from flows.expressions.errors import TemplateError
from flows.expressions.slots import compile_slot
from flows.graph.document import DocumentNode
from flows.sdk.config import NodeConfig, Slot
from flows.sdk.config_errors import label_at, located_errors
from flows.sdk.config_fields import config_of, drawn_fields, named_credentials
from flows.sdk.credentials import credential_types
from flows.sdk.json_types import JsonObject
from flows.sdk.node import Node

MOST_UNPARSED = 50
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class CheckedConfig:
    """The compiled config, or None and why; then `slots` are the templates that can be read all the same."""

    config: CompiledConfig | None
    problems: list[Finding]
    slots: Sequence[FoundSlot] = ()


def check_config(
    drawn: DocumentNode, known: Node, environment: CompileEnvironment, budget: Budget
) -> CheckedConfig:
    """Upgrade, check and compile the config of a node; `budget` is what all templates of the flow may cost."""
    if drawn.type_version > known.meta.version:
        message = (
            f"This node was drawn for version {drawn.type_version} of “{known.meta.label}”, which is newer."
        )
        hint = f"Update the package that brings it; here is version {known.meta.version}."
        return CheckedConfig(None, [Finding("newer_type_version", message, hint=hint, node=drawn.id)])
    unparsed = list(_unparsed(drawn, known.Config))
    if unparsed:
        drawn = replace(drawn, config=without_unparsed(drawn.config))
    raw = drawn.config
    try:
        raw = _with_few_unknown(_upgraded(drawn, known), known.Config)
        checked = known.Config.model_validate(raw)
    except ValidationError as error:
        wrong = located_errors(error.errors(include_url=False)[:MAX_PROBLEMS], config_of(known.Config))
        found = [
            Finding(entry.code, entry.message, hint=entry.hint, node=drawn.id, field=entry.path or None)
            for entry in wrong
        ]
        slots, faults = _readable(drawn.id, known, raw, budget)
        return CheckedConfig(None, _without_repeats([*unparsed, *found, *faults]), slots)
    except Exception as error:  # noqa: BLE001  # a stranger's node type may raise anything
        message = f"The node type “{drawn.type}” failed to read this config: {type(error).__name__}."
        hint = "Report it to whoever made the node type."
        return CheckedConfig(None, [Finding("node_type_failed", message, hint=hint, node=drawn.id)])
    problems = list(unparsed)
    if not environment.is_at_run:
        problems += _credentials(drawn.id, checked, environment)
        problems += islice(secrets_in(drawn.id, known, checked), MAX_PROBLEMS)
    try:
        compiled = compile_checked(checked, budget)
        return CheckedConfig(None if unparsed else compiled, problems, compiled.slots)
    except ConfigError as error:
        slots, _ = _readable(drawn.id, known, raw, budget)
        wrong_texts = [_from_template(drawn.id, entry) for entry in error.problems]
        return CheckedConfig(None, problems + wrong_texts, slots)


def _readable(
    node_id: str, known: Node, raw: JsonObject, budget: Budget
) -> tuple[list[FoundSlot], list[Finding]]:
    """The templates of a config that is not whole: a field is judged while the next one is still empty."""
    found: list[FoundSlot] = []
    faults: list[Finding] = []
    for place in islice(drawn_fields(known.Config, raw), MAX_TEMPLATES):
        if place.field.slot not in TEMPLATES or not isinstance(place.value, str):
            continue
        kind = Slot(place.field.slot)
        try:
            found.append(FoundSlot(place.path, kind, place.value, compile_slot(kind, place.value, budget)))
        except TemplateError as error:
            faults.append(_from_template(node_id, SlotProblem(place.path, error)))
    return found, faults


def _unparsed(drawn: DocumentNode, config: type[NodeConfig]) -> Iterator[Finding]:
    for path, text in islice(unparsed_texts(drawn.config), MOST_UNPARSED):
        label = label_at(path, config_of(config))
        said, hint = fault_of(text)
        yield Finding("not_json", f"“{label}” {said}", hint=hint, node=drawn.id, field=path)


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


def _from_template(node_id: str, entry: SlotProblem) -> Finding:
    error = entry.error
    return Finding(
        error.code,
        error.message,
        hint=error.hint,
        node=node_id,
        field=entry.field,
        span=(error.start, error.end),
    )


def _without_repeats(problems: list[Finding]) -> list[Finding]:
    """One problem a field: a union tells once for each of its members."""
    seen: dict[str | None, Finding] = {}
    for problem in problems:
        seen.setdefault(problem.field, problem)
    return list(seen.values())


def _credentials(node_id: str, config: NodeConfig, environment: CompileEnvironment) -> Iterator[Finding]:
    for named in named_credentials(config):
        usable = environment.credentials()
        kind = usable.get(named.name)
        if kind is not None and (not named.types or kind in named.types):
            continue
        fitting = sorted(name for name, one in usable.items() if not named.types or one in named.types)
        is_there = kind is not None
        yield Finding(
            "wrong_credential_type" if is_there else "unknown_credential",
            f"The credential “{named.name}” is of the type {_called(kind)}, which is not used here."
            if is_there
            else f"There is no credential “{named.name}”.",
            hint=_hint(fitting, named.types),
            node=node_id,
            field=named.path,
        )


def _hint(fitting: Sequence[str], types: Sequence[str]) -> str:
    if fitting:
        more = f" and {len(fitting) - MOST_NAMED} more" if len(fitting) > MOST_NAMED else ""
        return f"Choose one that fits: {', '.join(fitting[:MOST_NAMED])}{more}."
    wanted = " or ".join(_called(kind) for kind in types)
    return f"Make one{f' of the type {wanted}' if wanted else ''} first, or ask an admin for it."


def _called(kind: str | None) -> str:
    known = credential_types.get(kind or "")
    return known.meta.label if known else f"“{kind}”"
