"""What an event started, and why other flows did not start."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.scope import visible
from common.problems import not_found
from flows.models import Event, Flow, Run
from flows.sdk import JsonObject

LIST_FIELDS = (
    "id", "type", "source", "accepted_at", "run_count", "outcomes", "depth", "dedup_key", "cause_run_id",
    "tenant__name",
)  # fmt: skip
MOST_RUNS = 200


def find_event(actor: Actor, event_id: UUID | str) -> Event | None:
    """An event that the actor can reach, if there is one of that id."""
    return visible(Event, actor).filter(id=event_id).select_related("tenant").first()


def event_for(actor: Actor, event_id: UUID | str, *, field: str | None = None) -> Event:
    """An event that the actor can reach.

    Args:
        field: the input that named it, when that was not the address.

    Raises:
        Problem: 404 `not_found`, equal for foreign and unknown ids.
    """
    event = find_event(actor, event_id)
    if event is None:
        raise not_found("There is no such event.", field=field)
    return event


def listed(actor: Actor) -> QuerySet[Event]:
    """The events in reach, without their payloads."""
    return visible(Event, actor).select_related("tenant").only(*LIST_FIELDS)


def runs_of(event: Event, actor: Actor) -> QuerySet[Run]:
    """The first of the runs that the event started, as its page lists them."""
    runs = visible(Run, actor).filter(event=event).select_related("flow", "version")
    return runs.only("id", "status", "subject", "created_at", "error", "flow__name", "version__number")[
        :MOST_RUNS
    ]


def cause_of(event: Event, actor: Actor) -> Run | None:
    """The run that sent the event, if one did."""
    if event.cause_run_id is None:
        return None
    return visible(Run, actor).filter(id=event.cause_run_id).select_related("flow").first()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an event did to a flow; where none is named, to all of them.

    Args:
        result: `started`, the code with which the run was cancelled at once, `condition_not_met`,
            `payload_does_not_fit` (the platform's type of that name), `switched_off` or `loop_guard`.
        message: why it did not start.
    """

    flow: str | None
    flow_name: str
    result: str
    message: str = ""
    run: UUID | None = None
    subject: str = ""


def outcomes_of(event: Event, actor: Actor) -> list[Outcome]:
    """What it did to each flow in the actor's reach: the runs that it started, then why others did not start."""
    runs = visible(Run, actor).filter(event=event).select_related("flow").defer("flow__draft").order_by("id")
    return [*map(_outcome, runs), *refusals_of(event, actor)]


def _outcome(run: Run) -> Outcome:
    refusal = run.error if run.error and run.started_at is None else {"code": "started", "message": ""}
    return Outcome(str(run.flow_id), run.flow.name, refusal["code"], refusal["message"], run.id, run.subject)


def refusals_of(event: Event, actor: Actor) -> list[Outcome]:
    """Why flows in the actor's reach did not start."""
    refused: list[JsonObject] = event.outcomes or []
    wanted = [entry["flow"] for entry in refused if entry.get("flow")]
    names = {
        str(flow_id): name
        for flow_id, name in visible(Flow, actor).filter(id__in=wanted).values_list("id", "name")
    }
    return [
        Outcome(entry.get("flow"), names.get(entry.get("flow") or "", ""), entry["result"], entry["message"])
        for entry in refused
        if not entry.get("flow") or entry["flow"] in names
    ]
