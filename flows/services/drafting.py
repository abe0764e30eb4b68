"""What the editor asks about a drawing: is it right, what may be wired, what would it do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from common.problems import Problem
from common.redact import secrets_known
from common.strict_json import dumps
from flows.compiler import Compilation, compile_document, possible_sources, possible_targets
from flows.compiler.answers import ShapeWriter
from flows.compiler.findings import Finding
from flows.compiler.plan import Plan
from flows.compiler.wiring import Refusal
from flows.conf import number
from flows.engine.dry_run import MOST_SECONDS, DryLimits, DryStep, Room, dry_run
from flows.expressions.budget import Budget
from flows.expressions.errors import TemplateError
from flows.expressions.slots import compile_slot
from flows.graph.document import FlowDocument
from flows.sdk import MISSING, Json, JsonObject, NodeError, Record, value_at
from flows.sdk.config import Slot
from flows.sdk.config_fields import config_of
from flows.sdk.meta import ERROR
from flows.sdk.node import ERROR_SHAPE
from flows.sdk.record_limits import record_bytes
from flows.services.dry_context import DryContext
from flows.services.event_types import sample_of
from flows.services.plans import Installation, compile_for
from flows.services.samples import Sample
from flows.services.summaries import Summaries, summaries_of

MOST_PREVIEW_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Shapes:
    """JSON Schemas of the record that reaches a node and of those that leave it, by port."""

    input: JsonObject
    ports: dict[str, JsonObject]


@dataclass(frozen=True, slots=True)
class Validation:
    """What is to be said of a drawing; `shapes` and `summaries` by node."""

    ok: bool
    problems: tuple[Finding, ...]
    shapes: dict[str, Shapes]
    summaries: Summaries


@dataclass(frozen=True, slots=True)
class DryRun:
    """A run in memory. `note` says when parts are left out."""

    status: Literal["succeeded", "failed"]
    steps: list[DryStep]
    note: str
    sample_name: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a config field renders to, or why it does not."""

    sample_name: str
    value: Json = None
    text: str = ""
    type: str = "null"
    error: NodeError | None = None


def validate(document: FlowDocument, tenant_id: int | None) -> Validation:
    """All problems of a drawing, and what the record looks like at each node."""
    compilation = compile_for(document, tenant_id)
    writer = ShapeWriter(sum(1 + len(shapes.ports) for shapes in compilation.shapes.values()))
    shapes = {
        node_id: Shapes(
            writer.write(shapes.input), {port: writer.write(shape) for port, shape in shapes.ports.items()}
        )
        for node_id, shapes in compilation.shapes.items()
    }
    return Validation(compilation.is_ok, compilation.problems, shapes, summaries_of(document))


def wiring_from(
    document: FlowDocument, tenant_id: int | None, source: str, port: str
) -> dict[str, Refusal | None]:
    """For every node, whether a wire from this port may go there, else why not."""
    return possible_targets(document, source, port, Installation(tenant_id))


def wiring_to(
    document: FlowDocument, tenant_id: int | None, target: str
) -> dict[str, dict[str, Refusal | None]]:
    """For every port by node, whether a wire from it may come here, else why not."""
    return possible_sources(document, target, Installation(tenant_id))


def plan_or_refuse(
    document: FlowDocument, tenant_id: int | None, installation: Installation | None = None
) -> Plan:
    """The plan of a drawing.

    Args:
        installation: as the tenant sees it, where one stands for many drawings.

    Raises:
        Problem: 422 `flow_has_problems` with all of them.
    """
    compilation: Compilation = compile_document(document, installation or Installation(tenant_id))
    if compilation.plan is None:
        raise Problem(
            422,
            "flow_has_problems",
            "The flow has problems.",
            hint="Mend what the problem list names.",
            extra={"problems": [problem.to_json() for problem in compilation.problems]},
        )
    return compilation.plan


def try_out(document: FlowDocument, tenant_id: int | None, sample: Sample) -> DryRun:
    """Run a drawing in memory, without any effect outside.

    Raises:
        Problem: 422 `flow_has_problems`.
    """
    plan = plan_or_refuse(document, tenant_id)
    steps = _walked(plan, sample.payload, tenant_id)
    failed = steps[-1].error is not None and steps[-1].output is None
    room = Room()
    shown = [step.shown(room) for step in steps]
    note = f"{room.left_out:,} parts are left out: the answer would be too large." if room.left_out else ""
    return DryRun("failed" if failed else "succeeded", shown, note, sample.name)


def _walked(plan: Plan, payload: Record, tenant_id: int | None) -> list[DryStep]:
    """The dry run, with the record limits of a run.

    Raises:
        Problem: 413 `record_too_large`: of the payload.
    """
    limits = DryLimits(record_bytes=number("MAX_RECORD_BYTES"))
    try:
        record_bytes("the trigger", payload, limits.record_bytes)
    except NodeError as error:
        raise Problem(413, error.code, error.message, hint=error.hint, field="payload") from error
    with secrets_known():
        return dry_run(plan, payload, lambda step, node: DryContext(step, node, tenant_id), limits)


def preview(
    document: FlowDocument, tenant_id: int | None, *, node: str, field: str, sample: Sample
) -> Preview:
    """What one config field renders to, with the record that reaches its node in a dry run.

    Raises:
        Problem: 404 `no_such_field`.
    """
    drawn = document.node(node)
    source = value_at(drawn.config, field) if drawn else MISSING
    if drawn is None or source is MISSING:
        raise Problem(404, "no_such_field", "There is no such field in the drawing.", field="field")
    try:
        record = _record_at(document, tenant_id, node, sample.payload)
        slot = compile_slot(_slot(drawn.type, field, tenant_id), source)
        value = slot.render(record, Budget(seconds=MOST_SECONDS))
    except NodeError as error:
        return Preview(sample.name, error=error)
    except TemplateError as error:
        return Preview(sample.name, error=NodeError("bad_template", str(error), field=field))
    shown = Room(MOST_PREVIEW_BYTES).shown(value)
    return Preview(sample.name, shown, _text(shown), _type(value))


def _record_at(document: FlowDocument, tenant_id: int | None, node: str, payload: Record) -> Record:
    """The record that reaches a node: what lies before it is compiled and run alone, so that problems elsewhere do
    not matter."""
    way = _way_to(document, node)
    before = [name for name, _ in way]
    if len(before) < 2:
        return payload
    part = replace(
        document,
        nodes=tuple(entry for entry in document.nodes if entry.id in before),
        edges=tuple(edge for edge in document.edges if edge.source in before and edge.target in before),
    )
    plan = compile_for(part, tenant_id).plan
    if plan is None:
        return payload
    steps = {step.node: step for step in _walked(plan, payload, tenant_id)}
    failed = ""
    for name, port in way:
        failed = failed or (name if port == ERROR.name else "")
        step = steps.get(name)
        if step is None:
            continue
        if failed != name:
            record = step.input if step.output is None else step.output
        elif step.port == ERROR.name and step.output is not None:
            return step.output
        else:
            record = step.input
        return {**record, ERROR.name: _example_error(document, failed)} if failed else record
    return payload


def _example_error(document: FlowDocument, node: str) -> Json:
    """What stands behind a port for errors, when the dry run itself did not fail there."""
    drawn = document.node(node)
    example = {"message": "This is an example of an error.", "node": drawn.name if drawn else node}
    return {**sample_of(ERROR_SHAPE), **example}


def _way_to(document: FlowDocument, node: str) -> list[tuple[str, str]]:
    """The nodes on the way to a node with the ports by which it leaves them, the nearest first."""
    parents: Mapping[str, tuple[str, str]] = {
        edge.target: (edge.source, edge.port) for edge in document.edges
    }
    way: dict[str, str] = {}
    here = parents.get(node)
    while here is not None and here[0] not in way:
        way[here[0]] = here[1]
        here = parents.get(here[0])
    return list(way.items())


def _slot(type_name: str, field: str, tenant_id: int | None) -> Slot:
    """What kind of template a config field is; inside JSON, and where nothing is known, any value."""
    known = Installation(tenant_id).node_type(type_name)
    here = config_of(known.Config) if known else None
    for step in field.split("."):
        here = here.at(step) if here else None
    return Slot(here.slot) if here and here.slot in set(Slot) else Slot.VALUE


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    return dumps(value, indent=isinstance(value, dict | list)).decode()


def _type(value: Json) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object", list: "array"}
    return names.get(type(value), "null")
