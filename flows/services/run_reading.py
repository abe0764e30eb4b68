"""A run as people read it: its steps with input and output, its log, its place among others."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from flows.sdk import Json
from flows.services.reach import runs_in_reach, shown_flows

LIST_FIELDS = (
    "id", "status", "subject", "retried_from", "is_resumed", "is_test", "created_at", "started_at", "finished_at",
    "due_at", "wait_reason", "error", "flow", "version", "event", "tenant",
)  # fmt: skip
BESIDE = (
    Prefetch("flow", Flow.objects.only("name")),
    Prefetch("version", FlowVersion.objects.only("number")),
    Prefetch("event", Event.objects.only("type")),
    Prefetch("tenant", Tenant.objects.only("name")),
)
MOST_EVENTS = 20
MOST_CAUSES = 20
"""More runs than the guard against loops lets cause one another."""
MOST_LINES = 1_000
LEVELS = {level.name.lower(): level.value for level in LogLine.Level}


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
    causes: list[Run]


def around(run: Run, actor: Actor) -> Surroundings:
    """What the actor can reach of it."""
    newest = FlowVersion.objects.filter(flow_id=run.flow_id, id=F("flow__published_id"))
    return Surroundings(
        newest_number=newest.values_list("number", flat=True).first(),
        is_flow_in_reach=shown_flows(actor).filter(id=run.flow_id).exists(),
        retries=visible(Run, actor).filter(retried_from=run).only("id", "status"),
        started_events=visible(Event, actor).filter(cause_run_id=run.id).only("id", "type")[:MOST_EVENTS],
        causes=causes_of(run, actor),
    )


def causes_of(run: Run, actor: Actor) -> list[Run]:
    """The runs that caused one another up to this one, the first of them first; those out of reach are left out."""
    ids: list[UUID] = []
    cause = run.event.cause_run_id
    while cause is not None and cause not in ids and len(ids) < MOST_CAUSES:
        ids.append(cause)
        cause = Event.objects.filter(runs=cause).values_list("cause_run_id", flat=True).first()
    if not ids:
        return []
    rows = visible(Run, actor).select_related("flow").only("status", "flow__name")
    found = rows.in_bulk(ids)
    return [found[run_id] for run_id in reversed(ids) if run_id in found]


@dataclass(frozen=True, slots=True)
class TakenStep:
    """A step with the record that reached its node and the one that it passed on, and the node's name and type."""

    step: Step
    node_name: str
    node_type: str
    input: Json
    output: Json

    @property
    def duration_ms(self) -> float | None:
        """None before its end."""
        if self.step.finished_at is None:
            return None
        return round((self.step.finished_at - self.step.started_at).total_seconds() * 1000, 1)


def steps_of(run: Run) -> list[TakenStep]:
    """The steps in the order in which they were taken, the trigger first.

    A step stores what it passed on only when it changed the record; the rest follows from the drawing, in which
    each node has one parent.
    """
    document, payload = run.version.document, run.event.payload
    nodes = {node["id"]: node for node in document["nodes"]}
    parents = {edge["to"]: edge["from"] for edge in document["edges"]}
    trigger = next((node_id for node_id in nodes if node_id not in parents), "")
    outputs: dict[str, Json] = {trigger: payload}
    steps = [_taken(_trigger_step(run, trigger), nodes, payload, payload)]
    for row in run.steps.order_by("id"):
        given = reaching(row.node_id, parents, outputs)
        passed_on = row.output
        if passed_on is None and row.status in (Step.Status.SUCCEEDED, Step.Status.SKIPPED):
            passed_on = given
        outputs[row.node_id] = passed_on
        steps.append(_taken(row, nodes, given, passed_on))
    return steps


def _taken(step: Step, nodes: Mapping[str, Json], given: Json, passed_on: Json) -> TakenStep:
    node = nodes.get(step.node_id, {})
    return TakenStep(step, node.get("name", step.node_id), node.get("type", ""), given, passed_on)


def _trigger_step(run: Run, node_id: str) -> Step:
    """Triggers take no turn: what a step of theirs would be."""
    return Step(
        node_id=node_id,
        seq=0,
        status=Step.Status.SUCCEEDED,
        port="out",
        started_at=run.created_at,
        finished_at=run.created_at,
    )


def logs_of(
    run: Run, *, after: int = 0, level: str = "debug", text: str = "", limit: int = MOST_LINES
) -> list[LogLine]:
    """Log lines behind a place, of at least a level, holding a text."""
    lines = LogLine.objects.filter(run=run, seq__gt=after, level__gte=LEVELS.get(level, 0))
    if text:
        lines = lines.filter(text__icontains=text)
    return list(lines.order_by("seq")[:limit])


def log_text(run: Run) -> str:
    """The whole log as plain text, a line of text for each."""
    lines = LogLine.objects.filter(run=run).order_by("seq")
    return "".join(
        f"{line.at.isoformat()} {line.level_name:7} {line.node_id:12} {line.text}\n"
        for line in lines.iterator()
    )
