"""A run as people read it: its steps with input and output, its log, its place among others."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Max, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import Tenant
from accounts.roles import Permission
from accounts.scope import visible
from common.problems import not_found
from flows.engine.walk import reaching
from flows.models import Event, Flow, FlowVersion, LogLine, Run, Step
from flows.sdk import JsonObject
from flows.services.changes import LEVEL_NAMES, log_json, step_json
from flows.services.reach import flows_in_reach, runs_in_reach

LIST_FIELDS = (
    "id", "status", "subject", "retried_from", "is_resumed", "created_at", "started_at", "finished_at", "due_at",
    "wait_reason", "error", "flow", "version", "event", "tenant",
)  # fmt: skip
BESIDE = (
    Prefetch("flow", Flow.objects.only("name")),
    Prefetch("version", FlowVersion.objects.only("number")),
    Prefetch("event", Event.objects.only("type")),
    Prefetch("tenant", Tenant.objects.only("name")),
)
MOST_EVENTS = 20
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


def listed(actor: Actor) -> QuerySet[Run]:
    """The runs in reach with what a page lists of them.

    Flow, version, event and tenant are read beside the rows: joined, the database may no longer read the newest runs
    off an index.
    """
    return with_tries(runs_in_reach(actor)).only(*LIST_FIELDS).prefetch_related(*BESIDE)


def joined(actor: Actor) -> QuerySet[Run]:
    """The same in one query, for programs that read on and on."""
    rows = with_tries(runs_in_reach(actor)).select_related("flow", "version", "event")
    return rows.defer("flow__draft", "version__document", "event__payload", "last_cursor")


def run_for(actor: Actor, run_id: UUID | str, permission: Permission = Permission.view) -> Run:
    """A run that the actor can reach.

    Raises:
        Problem: 404 `not_found`, equal for foreign and unknown ids; 403 `not_allowed`.
    """
    found = with_tries(visible(Run, actor)).filter(id=run_id)
    run = (
        found.select_related("flow", "version", "event", "tenant")
        .defer("flow__draft", "event__outcomes")
        .first()
    )
    if run is None:
        raise not_found("There is no such run.", hint="Look at the list of runs.")
    actor.need(permission)
    return run


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a run: the newest version of its flow, which may be out of reach, and what came of it."""

    newest_number: int | None
    is_flow_in_reach: bool
    retries: QuerySet[Run]
    started_events: QuerySet[Event]


def around(run: Run, actor: Actor) -> Surroundings:
    """What the actor can reach of it."""
    newest = FlowVersion.objects.filter(flow_id=run.flow_id, id=F("flow__published_id"))
    return Surroundings(
        newest_number=newest.values_list("number", flat=True).first(),
        is_flow_in_reach=flows_in_reach(actor).filter(id=run.flow_id).exists(),
        retries=visible(Run, actor).filter(retried_from=run).only("id", "status"),
        started_events=visible(Event, actor).filter(cause_run_id=run.id).only("id", "type")[:MOST_EVENTS],
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
