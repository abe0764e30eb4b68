"""What an event started, and why other flows did not start."""

from accounts.actors import Actor
from accounts.scope import visible
from flows.models import Event, Flow, Run
from flows.sdk import JsonObject


def outcomes_of(event: Event, actor: Actor) -> list[JsonObject]:
    """One entry for each flow in the actor's reach: `{"flow", "flow_name", "result", "run", "subject", "message"}`.

    `result` is `started`, the code with which the run was cancelled at once, `condition_not_met`,
    `payload_does_not_fit` (the platform's type of that name), `switched_off` or `loop_guard`.
    """
    runs = visible(Run, actor).filter(event=event).select_related("flow").defer("flow__draft").order_by("id")
    started: list[JsonObject] = [
        {
            "flow": str(run.flow_id),
            "flow_name": run.flow.name,
            "result": run.error["code"] if run.error and run.started_at is None else "started",
            "run": str(run.id),
            "subject": run.subject,
            "message": run.error["message"] if run.error and run.started_at is None else "",
        }
        for run in runs
    ]
    refused: list[JsonObject] = event.outcomes or []
    names = dict(
        visible(Flow, actor)
        .filter(id__in=[entry["flow"] for entry in refused if entry["flow"]])
        .values_list("id", "name")
    )
    by_id = {str(flow_id): name for flow_id, name in names.items()}
    return started + [
        {**entry, "flow_name": by_id.get(entry["flow"] or "", ""), "run": None, "subject": ""}
        for entry in refused
        if entry["flow"] is None or entry["flow"] in by_id
    ]
