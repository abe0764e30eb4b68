"""`run_workflow` of Cloudify's utilities: start a flow or job for the server that an event is about.

What a deployment is there is a server here, what a workflow is a flow or job. Order of checks and texts are the
original's, and so is that what does not fit is skipped: only wrong inputs fail the step.
"""

from functools import partial
from typing import Any, Final

from django.db.models import Q
from pydantic import AwareDatetime, Field

from accounts.actors import Actor
from accounts.scope import visible
from common.problems import Problem
from flows.models import Flow
from flows.sdk import Json, JsonObject, NodeContext, NodeError
from flows.sdk.paths import MISSING, child
from flows.services.reach import flows_in_reach
from hooks.services.builtins.inputs import Inputs, checked
from inventory.models import Server
from inventory.services.payloads import server_payload
from jobs.models import Job
from jobs.node_support import acting
from jobs.services.execution import in_thread
from jobs.services.launched import start_flow_once
from jobs.services.launching import Launch, launch
from jobs.services.reach import jobs_in_reach

MOST_ID: Final = 18
"""Digits of a server's id."""


class Parameters(Inputs):
    """How the flow or job is started. `force`, `queue` and `allow_custom_parameters` are settings of it here."""

    parameters: dict[str, Any] = Field(default_factory=dict)
    dry_run: bool = False
    schedule: AwareDatetime | None = None


class RunWorkflow(Inputs):
    """The original's keyword arguments."""

    workflow_for_run: str = ""
    workflow_params: Parameters = Parameters()
    filter_by: Any = None
    client_config: Any = None
    logger_file: Any = None


async def run_workflow(ctx: NodeContext, context: JsonObject, inputs: JsonObject) -> Json:
    """Start it; what was started, or null.

    Raises:
        NodeError: `bad_inputs`, `unknown_workflow`, and what the flow or job refuses.
    """
    asked = checked(RunWorkflow, inputs)
    if asked.client_config or asked.logger_file:
        ctx.log.warning("client_config and logger_file are not used: it starts here, and logs into this run.")
    if not context.get("deployment_id"):
        ctx.log.error("Deployment id is undefined")
        return None
    if not asked.workflow_for_run:
        ctx.log.error("Workflow for run is undefined")
        return None
    return await in_thread(partial(_run, ctx, context, asked))


def _run(ctx: NodeContext, context: JsonObject, asked: RunWorkflow) -> Json:
    name, server = asked.workflow_for_run, _server(ctx, str(context["deployment_id"]))
    if server is None:
        ctx.log.error("Deployment disappear.")
        return None
    known = {
        **context,
        "deployment_inputs": server_payload(server),
        "deployment_outputs": {},
        "deployment_capabilities": {},
    }
    if asked.filter_by and (why := skipped_by(asked.filter_by, known)):
        ctx.log.error(why)
        return None
    target = _target(ctx, name)
    ctx.log.info(f"Going to {name} on {server.pk}")
    if asked.workflow_params.dry_run:
        return {"kind": _kind(target), "id": None, "name": target.name}
    return _started(ctx, target, server, asked.workflow_params)


def skipped_by(rules: Any, known: JsonObject) -> str | None:
    """Why an event is skipped, in the original's words; None when all rules hold."""
    if not isinstance(rules, list):
        return "Filter skipped by incorrect type of rules list."
    for rule in rules:
        if not isinstance(rule, dict):
            return "Event skipped by wrong field description."
        path, values = rule.get("path"), rule.get("values")
        if not isinstance(path, list) or not path:
            return "Event skipped by undefined key."
        if not isinstance(values, list) or not values:
            return "Event skipped by undefined values."
        value = _value_at(known, path)
        if value not in values:
            return f"Event with {value!r} skipped by {path!r}:{values!r} rule."
    return None


def _value_at(value: Any, path: list[Any]) -> Any:
    for key in path:
        value = child(value, key)
    return None if value is MISSING else value


def _server(ctx: NodeContext, text: str) -> Server | None:
    """The server, in reach of the tenant that the run belongs to."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_ID):
        return None
    rows = visible(Server, Actor.system(ctx.tenant_id)).filter(deleted_at=None)
    return rows.filter(pk=int(text)).select_related("ip", "ip6").first()


def _target(ctx: NodeContext, name: str) -> Flow | Job:
    """The flow or job of that name: of the flow's owner first, else of the tenant that the run belongs to."""
    for owner_id in dict.fromkeys((ctx.owner_id, ctx.tenant_id)):
        own = Q(name=name, tenant=owner_id)
        found = (
            flows_in_reach(acting(ctx)).filter(own).order_by("created_at").first()
            or jobs_in_reach(acting(ctx)).filter(own).order_by("created_at").first()
        )
        if found is not None:
            return found
    raise NodeError(
        "unknown_workflow",
        f"There is no flow and no job {name[:200]!r}.",
        hint="workflow_for_run is the name of a flow or job of this flow's owner, or of the tenant of the event.",
        field="inputs",
    )


def _started(ctx: NodeContext, target: Flow | Job, server: Server, params: Parameters) -> JsonObject:
    try:
        if isinstance(target, Job):
            how = Launch(
                key=ctx.idempotency_key,
                at=params.schedule,
                schedule_type="chained",
                reason="Started by a hook",
                overrides={"parameters": params.parameters},
            )
            return {
                "kind": "job",
                "id": str(launch(actor=acting(ctx), job=target, how=how).id),
                "name": target.name,
            }
        if params.schedule is not None:
            raise NodeError(
                "bad_inputs",
                "A flow starts at once: schedule is for jobs.",
                hint="Make a job of the flow, and name that.",
                field="inputs",
            )
        payload = {**params.parameters, "deployment_id": str(server.pk), "server": server_payload(server)}
        started = start_flow_once(target, payload, ctx.idempotency_key)
        return {"kind": "flow", "id": started.id, "name": target.name}
    except Problem as problem:
        raise NodeError.of(problem, field="inputs") from problem


def _kind(target: Flow | Job) -> str:
    return "job" if isinstance(target, Job) else "flow"
