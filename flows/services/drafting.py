"""What the editor asks about a drawing: is it right, what may be wired, what would it do."""

from collections.abc import Mapping
from dataclasses import replace

from common.problems import Problem
from common.strict_json import dumps
from flows.compiler import Compilation, possible_sources, possible_targets
from flows.compiler.answers import ShapeWriter
from flows.compiler.plan import Plan
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
from flows.services.summaries import summaries_of

MOST_PREVIEW_BYTES = 100_000


def validate(document: FlowDocument, tenant_id: int | None) -> JsonObject:
    """All problems of a drawing, and what the record looks like at each node."""
    compilation = compile_for(document, tenant_id)
    writer = ShapeWriter(sum(1 + len(shapes.ports) for shapes in compilation.shapes.values()))
    return {
        "ok": compilation.is_ok,
        "problems": [problem.to_json() for problem in compilation.problems],
        "shapes": {
            node_id: {
                "input": writer.write(shapes.input),
                "ports": {port: writer.write(shape) for port, shape in shapes.ports.items()},
            }
            for node_id, shapes in compilation.shapes.items()
        },
        "summaries": summaries_of(document),
    }


def wiring_from(document: FlowDocument, tenant_id: int | None, source: str, port: str) -> JsonObject:
    """For every node, whether a wire from this port may go there, else why not."""
    found = possible_targets(document, source, port, Installation(tenant_id))
    return {"targets": {node: refusal and refusal.to_json() for node, refusal in found.items()}}


def wiring_to(document: FlowDocument, tenant_id: int | None, target: str) -> JsonObject:
    """For every port, whether a wire from it may come here, else why not."""
    found = possible_sources(document, target, Installation(tenant_id))
    return {
        "sources": {
            node: {port: refusal and refusal.to_json() for port, refusal in ports.items()}
            for node, ports in found.items()
        }
    }


def plan_or_refuse(document: FlowDocument, tenant_id: int | None) -> Plan:
    """The plan of a drawing.

    Raises:
        Problem: 422 `flow_has_problems` with all of them.
    """
    compilation: Compilation = compile_for(document, tenant_id)
    if compilation.plan is None:
        raise Problem(
            422,
            "flow_has_problems",
            "The flow has problems.",
            hint="Mend what the problem list names.",
            extra={"problems": [problem.to_json() for problem in compilation.problems]},
        )
    return compilation.plan


def try_out(document: FlowDocument, tenant_id: int | None, payload: Record) -> JsonObject:
    """Run a drawing in memory, without any effect outside.

    Raises:
        Problem: 422 `flow_has_problems`.
    """
    plan = plan_or_refuse(document, tenant_id)
    steps = _walked(plan, payload, tenant_id)
    failed = steps[-1].error is not None and steps[-1].output is None
    room = Room()
    shown = [step.to_json(room) for step in steps]
    note = f"{room.left_out:,} parts are left out: the answer would be too large." if room.left_out else ""
    return {"status": "failed" if failed else "succeeded", "steps": shown, "note": note}


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
    return dry_run(plan, payload, lambda step, node: DryContext(step, node, tenant_id), limits)


def preview(
    document: FlowDocument, tenant_id: int | None, *, node: str, field: str, sample: Sample
) -> JsonObject:
    """What one config field renders to, with the record that reaches its node in a dry run.

    Raises:
        Problem: 404 `no_such_field`.
    """
    drawn = document.node(node)
    source = value_at(drawn.config, field) if drawn else MISSING
    if drawn is None or source is MISSING:
        raise Problem(404, "no_such_field", "There is no such field in the drawing.", field="field")
    answer: JsonObject = {
        "value": None,
        "text": "",
        "type": "null",
        "sample_name": sample.name,
        "error": None,
    }
    try:
        record = _record_at(document, tenant_id, node, sample.payload)
        slot = compile_slot(_slot(drawn.type, field, tenant_id), source)
        value = slot.render(record, Budget(seconds=MOST_SECONDS))
    except NodeError as error:
        answer["error"] = error.as_json()
    except TemplateError as error:
        answer["error"] = NodeError("bad_template", str(error), field=field).as_json()
    else:
        shown = Room(MOST_PREVIEW_BYTES).shown(value)
        answer.update(value=shown, text=_text(shown), type=_type(value))
    return answer


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
