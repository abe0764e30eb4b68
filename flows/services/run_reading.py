"""A run as people read it: its steps with input and output, its log, its place among others."""

from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from flows.engine.walk import reaching
from flows.models import LogLine, Run, Step
from flows.sdk import JsonObject
from flows.services.changes import LEVEL_NAMES, log_json, step_json

LEVELS = {name: level for level, name in LEVEL_NAMES.items()}


def with_tries(runs: QuerySet[Run]) -> QuerySet[Run]:
    """The runs with `tries`: how often the step was tried that needed the most tries; 1 when all went well at once."""
    most = (
        Step.objects.filter(run=OuterRef("pk"))
        .order_by()
        .values("run")
        .annotate(most=Max("attempt"))
        .values("most")
    )
    return runs.annotate(tries=Coalesce(Subquery(most), 1))


def with_names(runs: QuerySet[Run]) -> QuerySet[Run]:
    """The runs with what a list shows of flow, version and event, and without payloads and documents."""
    return (
        with_tries(runs)
        .select_related("flow", "version", "event")
        .defer("flow__draft", "version__document", "event__payload", "last_cursor")
    )


def steps_of(run: Run) -> list[JsonObject]:
    """The steps in the order in which they were taken, the trigger first, each with its input and output.

    A step stores what it passed on only when it changed the record; the rest follows from the drawing, in which
    each node has one parent.
    """
    document = run.version.document
    nodes = {node["id"]: node for node in document["nodes"]}
    parents = {edge["to"]: edge["from"] for edge in document["edges"]}
    trigger = next((node_id for node_id in nodes if node_id not in parents), "")
    rows = list(run.steps.order_by("id"))
    outputs: dict[str, Any] = {trigger: run.event.payload}
    steps = [_trigger_step(run, nodes.get(trigger, {}))]
    for row in rows:
        given = reaching(row.node_id, parents, outputs)
        passed_on = row.output
        if passed_on is None and row.status in (Step.Status.SUCCEEDED, Step.Status.SKIPPED):
            passed_on = given
        outputs[row.node_id] = passed_on
        steps.append({**_named(row, nodes), "input": given, "output": passed_on})
    return steps


def _named(row: Step, nodes: dict[str, Any]) -> JsonObject:
    node = nodes.get(row.node_id, {})
    took = (row.finished_at - row.started_at).total_seconds() * 1000 if row.finished_at else None
    return {
        **step_json(row),
        "node_name": node.get("name", row.node_id),
        "node_type": node.get("type", ""),
        "duration_ms": None if took is None else round(took, 1),
    }


def _trigger_step(run: Run, node: dict[str, Any]) -> JsonObject:
    at = run.created_at.isoformat().replace("+00:00", "Z")
    return {
        "seq": 0,
        "node": node.get("id", ""),
        "node_name": node.get("name", "Trigger"),
        "node_type": node.get("type", ""),
        "status": "succeeded",
        "attempt": 1,
        "port": "out",
        "started_at": at,
        "finished_at": at,
        "duration_ms": 0.0,
        "error": None,
        "input": run.event.payload,
        "output": run.event.payload,
    }


def logs_of(
    run: Run, *, after: int = 0, level: str = "debug", text: str = "", limit: int = 1_000
) -> list[JsonObject]:
    """Log lines behind a place, of at least a level, holding a text."""
    lines = LogLine.objects.filter(run=run, seq__gt=after, level__gte=LEVELS.get(level, 0))
    if text:
        lines = lines.filter(text__icontains=text)
    return [log_json(line) for line in lines.order_by("seq")[:limit]]


def log_text(run: Run) -> str:
    """The whole log as plain text, one line a line."""
    lines = LogLine.objects.filter(run=run).order_by("seq")
    return "".join(
        f"{line.at.isoformat()} {LEVEL_NAMES.get(line.level, ''):7} {line.node_id:12} {line.text}\n"
        for line in lines.iterator()
    )
